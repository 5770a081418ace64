"""Tests on a database that has purchase, manufacturing, delivery and the demo payment provider as well."""
