from inbox_worker.model import Code, identity


def test_only_service_flags_say_nothing_against_the_reading() -> None:
    assert {code for code in Code if not code.is_doubt} == {Code.LATE, Code.QUESTION, Code.ASSISTANCE}


def test_a_message_is_the_same_whatever_its_line_ends() -> None:
    forms = (b"A: b\n\nc\n", b"A: b\r\n\r\nc\r\n", b"A: b\n\nc", b"A: b\r\n\r\nc")
    assert len({identity(form) for form in forms}) == 1
    assert identity(b"A: b\n\nc\n") != identity(b"A: b\n\nd\n")
