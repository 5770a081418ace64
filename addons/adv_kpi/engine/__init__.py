"""The calculation engine.

Periods, measures, formulas, the plan, statistics and control charts are plain Python and know no database;
`statement` turns a planned statement into SQL, `direct` reads what is no sum over cells. A figure is
declared once (`sources`, `basics`, `catalogue*`): the same measure gives the number and the domain of the
records behind it.
"""
