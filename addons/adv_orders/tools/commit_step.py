from psycopg2.errors import DeadlockDetected, SerializationFailure

CONFLICTS = 20


def commit_step(env, step):
    """Run one step of a scheduled job and commit it; when somebody else was quicker, run it again.

    What the step had begun is rolled back first, so that it reads the data as they are by then.

    :param step: function without arguments that returns how many records it worked off, or None
    :return: (what ``step`` returned, seconds left to the job)
    :raise SerializationFailure, DeadlockDetected: after ``CONFLICTS`` attempts
    """
    conflicts = 0
    while True:
        try:
            done = step()
            return done, env["ir.cron"]._commit_progress(processed=done or 0)
        except (SerializationFailure, DeadlockDetected):  # noqa: PERF203 - each attempt may fail
            conflicts += 1
            if conflicts == CONFLICTS:
                raise
            env.cr.rollback()
