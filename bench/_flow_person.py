"""Somebody at a screen, over HTTP and JSON-RPC; who does what stands in _flow_people.py."""

import random
import re
import time
from datetime import date, timedelta

import requests

PATIENCE = 600  # seconds; what takes so long is told among the times
REFUSALS = ("UserError", "ValidationError", "AccessError", "MissingError", "RedirectWarning")
TOKEN = re.compile(r'name="csrf_token"[^>]*value="(\w+)"|csrf_token: "(\w+)"')


class Refused(Exception):
    """The server said no, in words: part of a day's work."""


class Broken(Exception):
    """The server failed: nobody should ever see this."""


class Person:
    """Somebody at a screen: logs in, and does one thing after the other until the day is over."""

    login = None

    def __init__(self, name, url, database, base, journal, seed):
        self.name, self.url, self.base, self.journal = name, url, base, journal
        self.random = random.Random(seed)
        self.http = requests.Session()
        found = self.ask(
            "/web/session/authenticate", {"db": database, "login": self.login or name, "password": "flow"}
        )
        self.context = {"lang": "en_US", "tz": "Europe/Paris", "uid": found["uid"]}

    def ask(self, path, parameters):
        answer = self.http.post(
            f"{self.url}{path}", json={"jsonrpc": "2.0", "params": parameters}, timeout=PATIENCE
        )
        if answer.status_code != 200:
            raise Broken(f"{answer.status_code} of {path}")
        answer = answer.json()
        if "error" in answer:
            data = answer["error"].get("data", {})
            kind = data.get("name", "").rpartition(".")[2]
            words = f"{kind}: {' '.join(str(data.get('message')).split())[:200]}"
            raise (Refused if kind in REFUSALS else Broken)(words)
        return answer.get("result")  # a method that returns nothing has none

    def call(self, model, method, *arguments, **keywords):
        context = {**self.context, **keywords.pop("context", {})}
        return self.ask(
            f"/web/dataset/call_kw/{model}/{method}",
            {
                "model": model,
                "method": method,
                "args": list(arguments),
                "kwargs": {**keywords, "context": context},
            },
        )

    def search(self, model, domain, limit=20, order="id desc"):
        return self.call(model, "search", domain, limit=limit, order=order)

    def some(self, model, domain, limit=20):
        """One of the newest records, or nothing."""
        found = self.search(model, domain, limit)
        return self.random.choice(found) if found else None

    def page(self, path):
        answer = self.http.get(f"{self.url}{path}", timeout=PATIENCE)
        if answer.status_code >= 400:
            raise Broken(f"{answer.status_code} of {path}")
        return answer.text

    def post(self, path, token_of, **fields):
        token = next(filter(None, sum(TOKEN.findall(token_of), ())))
        answer = self.http.post(f"{self.url}{path}", data={"csrf_token": token, **fields}, timeout=PATIENCE)
        if answer.status_code >= 400:
            raise Broken(f"{answer.status_code} of {path}")
        return answer.text

    def work(self, until):
        """Do things until the day is over; each is entered in the journal."""
        jobs = [getattr(self, name) for name in dir(self) if name.startswith("do_")]
        weights = [job.__func__.weight for job in jobs]
        while time.time() < until:
            job = self.random.choices(jobs, weights)[0]
            self.journal.timed(job.__name__[3:], job)


def in_days(days):
    return date.today() + timedelta(days=days)


def often(weight):
    def mark(job):
        job.weight = weight
        return job

    return mark
