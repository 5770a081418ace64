"""One file for each command of ./adv: HELP, EXAMPLES, arguments(parser), run(options)."""
