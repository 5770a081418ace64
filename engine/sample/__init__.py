"""Loads two public data sets as native documents (``./adv sample DIR``)."""

from pathlib import Path

from .classicmodels import ClassicModels
from .common import SampleError
from .receivables import Receivables


def main(env, folder, progress=None, commit=True):
    """Load the sample data of a folder into an Odoo database.

    ``folder/classicmodels`` (orders to cash of a wholesaler) and ``folder/receivables`` (a ledger of
    invoices) go each to a company of its own. All files are read and checked before the first record is
    made. What is already there is left alone, so an interrupted load is completed by running it again.

    :param env: an Odoo environment
    :param folder: path of the folder
    :param progress: called as ``progress(done, total, what)`` before each commit; what it raises ends
        the load
    :param commit: commit after each chunk; or a function to be called instead of the commit
    :raise SampleError: a file, a column or a value is missing or wrong; nothing was changed
    """
    folder = Path(folder)
    if not folder.is_dir():
        raise SampleError(f"{folder}: there is no such folder")
    # sudo: which modules are installed, whoever loads the sample
    modules = env["ir.module.module"].sudo().search([("name", "in", ["sale_stock", "account"])])
    if set(modules.mapped("state")) != {"installed"}:
        raise SampleError("the database lacks the modules sale_stock and account: install adv_orders first")
    loaders = [ClassicModels(env, folder / "classicmodels"), Receivables(env, folder / "receivables")]
    for loader in loaders:
        loader.check_company()
    total = sum(loader.total for loader in loaders)
    done = 0

    def tick(number, what):
        nonlocal done
        done += number
        env.flush_all()
        if progress:
            progress(done, total, what)
        if commit is True:
            env.cr.commit()
        elif commit:
            commit()

    for loader in loaders:
        loader.run(tick)
