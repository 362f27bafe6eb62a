"""Signs of life, by a clock of one's own."""

from lipwright.jobs.silence import Silence


def test_silence_is_counted_from_the_last_other_beat() -> None:
    """Whatever the beats are: a clock may go back."""
    now = [0.0]
    silence = Silence(lambda: now[0])
    assert silence.seconds("a", 1000) == 0
    now[0] = 5
    assert silence.seconds("a", 1000) == 5
    assert silence.seconds("a", 10) == 0
    now[0] = 7
    assert silence.seconds("a", 10) == 2


def test_who_is_gone_is_forgotten() -> None:
    """And heard of anew, should the name come again."""
    now = [0.0]
    silence = Silence(lambda: now[0])
    silence.seconds("a", 1)
    silence.seconds("b", 1)
    silence.keep({"b"})
    now[0] = 3
    assert silence.seconds("a", 1) == 0
    assert silence.seconds("b", 1) == 3
