"""Sessions: one challenge opens one, however many come with its signature."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import func, select

from ledger.model.errors.door import SignInRefused
from ledger.service.access import Access
from ledger.store.tables.access import SESSIONS
from tests.cast import MAKER
from tests.service.stage import Stage


def test_challenge_that_is_answered_twice_at_once_opens_one_session(stage: Stage) -> None:
    stage.follow()
    access = Access(stage.database, 1, "fenbook", wall=lambda: int(stage.now))
    birch = stage.cast.birch
    challenge = access.challenge(birch.id, MAKER, seconds=60)
    signature = birch.keys[MAKER].sign(challenge.digest)
    begin = threading.Barrier(3)

    def answer(_: int) -> str:
        begin.wait()
        try:
            secret, subject = access.begin(challenge, signature, seconds=600)
        except SignInRefused:
            return "refused"
        assert subject.participant == birch.id
        return secret

    with ThreadPoolExecutor(3) as pool:
        answers = list(pool.map(answer, range(3)))
    assert sorted(one[:4] for one in answers) == ["fbs_", "refu", "refu"]
    with stage.reading() as connection:
        assert connection.execute(select(func.count()).select_from(SESSIONS)).scalar() == 1
    with pytest.raises(SignInRefused):
        access.begin(challenge, signature, seconds=600)
