HELP = "x"
EXAMPLES = ""
def arguments(parser): pass
def run(options): pass
