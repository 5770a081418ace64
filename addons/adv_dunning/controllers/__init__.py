from . import portal, portal_answers, statement
