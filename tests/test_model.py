from inbox_worker.model import Code


def test_only_service_flags_say_nothing_against_the_reading() -> None:
    assert {code for code in Code if not code.is_doubt} == {Code.LATE, Code.QUESTION, Code.ASSISTANCE}
