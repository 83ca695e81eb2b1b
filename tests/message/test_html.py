"""What a person sees of HTML, and nothing else."""

import pytest

from tests.message.mail import html

HIDDEN = (
    "<!-- 45 -->", "<!--[if mso]><p>45</p><![endif]-->", "<style>p{content:'45'}</style>", "<script>45</script>",
    '<p style="display:none">45</p>', '<p style="DISPLAY : NONE !important">45</p>',
    '<p style="visibility:hidden">45</p>',
    '<span style="font-size:0">45</span>', '<span style="font-size:0px;line-height:0">45</span>',
    '<span style="font-size:1px">45</span>', '<font color="#ffffff">45</font>', '<font color=white>45</font>',
    '<span style="color:#FFF">45</span>', '<span style="color: rgb(255, 255, 255)">45</span>',
    '<div style="background:#1f497d"><span style="color:#1f497d">45</span></div>',
    '<table bgcolor="#eeeeee"><tr><td><font color="#eeeeee">45</font></td></tr></table>',
    '<p style="opacity:0">45</p>', "<p hidden>45</p>", '<div style="max-height:0;overflow:hidden">45</div>',
    '<div style="mso-hide:all">45</div>', '<div style="position:absolute;left:-9999px">45</div>',
    '<div style="text-indent:-9999px">45</div>', '<div style="height:0;overflow:hidden">45</div>',
    "<style>.pre{display:none}</style><div class=pre>45</div>",
    "<style>#x, p.y {visibility:hidden}</style><b id=x>45</b>",
    "<title>45</title>", "<template>45</template>",
)  # fmt: skip


@pytest.mark.parametrize("hidden", HIDDEN)
def test_what_nobody_sees_is_left_out(hidden: str) -> None:
    assert html(f"<html><body><p>We are two.</p>{hidden}<p>Bye.</p></body></html>").parts[0].text.split() == [
        "We", "are", "two.", "Bye.",
    ]  # fmt: skip


SEEN = (
    '<div style="font-size:0"><span style="font-size:14px">45</span></div>',
    '<div style="background:#000000"><span style="color:#ffffff">45</span></div>',
    '<div style="background:url(x.png)"><span style="color:#ffffff">45</span></div>',
    "<style>@media (max-width:600px){.m{display:none}}</style><p class=m>45</p>",
    '<div style="border-top:solid #E1E1E1 1.0pt">45</div>', "<![if !mso]><p>45</p><![endif]>", "<o:p>45</o:p>",
    "<p>45", "<td>45</td>", "<b><i>45</b></i>", "<noscript>45</noscript>", "<p style='color:#1F497D'>45</p>",
)  # fmt: skip


@pytest.mark.parametrize("seen", SEEN)
def test_what_is_seen_is_kept(seen: str) -> None:
    assert "45" in html(f"<p>We are</p>{seen}").parts[0].text


def test_tables_keep_their_columns() -> None:
    rows = "<tr><th>Name<th>2 March</tr><tr><td>Maria Silva<td>yes</tr><tr><td>John<td>no</tr>"
    lines = html(f"<table>{rows}</table>").parts[0].text.split("\n")
    assert lines == ["Name         2 March", "Maria Silva  yes", "John         no"]


def test_lists_keep_their_numbers() -> None:
    text = html("<ol><li>Maria</li><li>John</li></ol>").parts[0].text
    assert [line.strip() for line in text.split("\n") if line.strip()] == ["1. Maria", "2. John"]


def test_words_below_a_hundred_levels_are_read() -> None:
    assert html("<div>" * 1000 + "We will come." + "</div>" * 1000).parts[0].text == "We will come."


def test_struck_out_words_are_told() -> None:
    part = html("<p>We are <s>three</s> two.</p>").parts[0]
    assert (part.text, part.problem) == ("We are three two.", "some of its words are struck out")


def test_private_use_characters_of_the_sender_do_not_make_quotes() -> None:
    part = html("<p>\ue002We will come. &#xE000;</p>").parts[0]
    assert [span.zone.value for span in part.spans] == ["new"]
    assert "\ue000" not in part.text
