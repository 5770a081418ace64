"""Tests on a database that has OCA's addons of wheels.txt as well; ./adv test --beside-oca runs them."""
