"""The calculation engine.

Periods, measures, formulas and the plan are plain Python and know no database; only `statement`
turns a planned statement into SQL. A figure is declared once (`catalogue`): the same measure gives the
number and the domain of the records behind it.
"""
