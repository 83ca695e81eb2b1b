"""Whose words are whose, in many programs' and languages' forms."""

import pytest

from inbox_worker.model import Zone
from tests.message.mail import html, new, plain, quoted, signature, zone

ATTRIBUTIONS = (
    "On 26 Jan 2016, at 17:12, Unit <unit@event.example> wrote:",
    "On Tue, Jan 26, 2016 at 5:12 PM, Unit <unit@event.example> wrote:",
    "On Tue, Jan 26, 2016 at 5:12 PM, The Unit for the Support of the Conference <\nunit@event.example> wrote:",
    "On 26/01/2016 17:12, Unit wrote:",
    "Le 26 janv. 2016 à 17:12, Unit <unit@event.example> a écrit :",
    "Le mar. 26 janv. 2016 à 17:12, Unit <unit@event.example> a\nécrit :",
    "El 26 ene 2016, a las 17:12, Unit <unit@event.example> escribió:",
    "El mar, 26 ene 2016 a las 17:12, Unit (<unit@event.example>) escribió:",
    "Em ter., 26 de jan. de 2016 às 17:12, Unit <unit@event.example> escreveu:",
    "Il giorno mar 26 gen 2016 alle ore 17:12 Unit <unit@event.example> ha scritto:",
    "Am 26.01.2016 um 17:12 schrieb Unit <unit@event.example>:",
    "Am 26.01.2016 um 17:12 schrieb Unit:",
    "Op di 26 jan. 2016 om 17:12 schreef Unit <unit@event.example>:",
    "Den tis 26 jan. 2016 kl 17:12 skrev Unit <unit@event.example>:",
    "26 января 2016 г., 17:12 пользователь Unit <unit@event.example> написал:",
    "Вторник, 26 января 2016, 17:12 +03:00 от Unit <unit@event.example>:",
    "26.01.2016 17:12, Unit пишет:",
    "في الثلاثاء، ٢٦ يناير ٢٠١٦ في ٥:١٢ م كتب Unit <unit@event.example>:",
    "Unit <unit@event.example> 于2016年1月26日周二 下午5:12写道：",
    "在 2016年1月26日，下午5:12，Unit <unit@event.example> 写道：",
    "2016年1月26日(火) 17:12 Unit <unit@event.example>:",
    "2016/01/26 17:12、Unit <unit@event.example>のメール:",
    "2016년 1월 26일 (화) 오후 5:12, Unit <unit@event.example>님이 작성:",
    "Unit <unit@event.example>, 26 Oca 2016 Sal, 17:12 tarihinde şunu yazdı:",
    "2016-01-26 17:12 GMT+01:00 Unit <unit@event.example>:",
    "W dniu 26.01.2016 o 17:12, Unit pisze:",
    "ב-26 בינו׳ 2016, בשעה 17:12, Unit <unit@event.example> כתב:",
    "---- On Tue, 26 Jan 2016 17:12:00 +0100 Unit <unit@event.example> wrote ----",
)


@pytest.mark.parametrize("attribution", ATTRIBUTIONS)
@pytest.mark.parametrize("prefix", ["> ", ""])
def test_an_attribution_begins_the_quote(attribution: str, prefix: str) -> None:
    message = plain(
        f"We will come, two of us.\n\n{attribution}\n\n{prefix}Dear friends,\n{prefix}\n{prefix}Please reply.\n"
    )
    assert new(message) == "We will come, two of us."
    assert quoted(message).startswith(attribution.split("\n", maxsplit=1)[0])


HEADER_BLOCKS = (
    "From: Unit <unit@event.example>\nSent: Tuesday, January 26, 2016 5:12 PM\nTo: Ana\nSubject: Conference",
    "From: Unit [mailto:unit@event.example] \nSent: 26 January 2016 17:12\nTo: Ana\nCc: Bob; Eve\nSubject: Conference",
    "*From:* Unit <unit@event.example>\n*Sent:* Tuesday, January 26, 2016 5:12 PM\n*To:* Ana\n*Subject:* Conference",
    "De : Unit <unit@event.example>\nEnvoyé : mardi 26 janvier 2016 17:12\nÀ : Ana\nObjet : Conférence",
    "De: Unit <unit@event.example>\nEnviado el: martes, 26 de enero de 2016 17:12\nPara: Ana\nAsunto: Conferencia",
    "De: Unit <unit@event.example>\nEnviada em: terça-feira, 26 de janeiro de 2016 17:12\nPara: Ana\nAssunto: X",
    "Da: Unit <unit@event.example>\nInviato: martedì 26 gennaio 2016 17:12\nA: Ana\nOggetto: Conferenza",
    "Von: Unit <unit@event.example>\nGesendet: Dienstag, 26. Januar 2016 17:12\nAn: Ana\nBetreff: Konferenz",
    "Van: Unit <unit@event.example>\nVerzonden: dinsdag 26 januari 2016 17:12\nAan: Ana\nOnderwerp: Conferentie",
    "От: Unit <unit@event.example>\nОтправлено: 26 января 2016 г. 17:12\nКому: Ana\nТема: Конференция",
    "من: Unit <unit@event.example>\nتاريخ الإرسال: 26 يناير 2016 17:12\nإلى: Ana\nالموضوع: مؤتمر",
    "发件人: Unit <unit@event.example>\n发送时间: 2016年1月26日 17:12\n收件人: Ana\n主题: 会议",
    "寄件者：Unit <unit@event.example>\n寄件日期：2016年1月26日 17:12\n收件者：Ana\n主旨：會議",
    "差出人: Unit <unit@event.example>\n送信日時: 2016年1月26日 17:12\n宛先: Ana\n件名: 会議",
    "Od: Unit <unit@event.example>\nWysłano: wtorek, 26 stycznia 2016 17:12\nDo: Ana\nTemat: Konferencja",
    "Kutoka: Unit <unit@event.example>\nImetumwa: 26 Januari 2016 17:12\nKwa: Ana\nMada: Mkutano",  # no words for it
    "From: Unit <unit@event.example>\n\nSent: Tuesday, January 26, 2016 5:12 PM\n\nTo: Ana\n\nSubject: Conference",
)


@pytest.mark.parametrize("block", HEADER_BLOCKS)
@pytest.mark.parametrize("above", ["", "-----Original Message-----\n", "________________________________\n"])
def test_a_quoted_header_begins_the_quote(block: str, above: str) -> None:
    message = plain(f"We will come, two of us.\n\n{above}{block}\n\nDear friends,\n\nPlease reply.\n\nThe Unit\n")
    assert new(message) == "We will come, two of us."
    assert quoted(message).endswith("Please reply.\nThe Unit")


@pytest.mark.parametrize(
    "separator",
    [
        "-----Original Message-----", "----- Message d'origine -----", "-------- Message original --------",
        "-----Mensaje original-----", "-----Mensagem original-----", "-----Messaggio originale-----",
        "-----Ursprüngliche Nachricht-----", "-----Oorspronkelijk bericht-----", "-----Исходное сообщение-----",
        "-----الرسالة الأصلية-----", "------------------ 原始邮件 ------------------", "-----元のメッセージ-----",
        "---------- Forwarded message ---------", "Begin forwarded message:", "-----Unit wrote: -----",
        "-------- Weitergeleitete Nachricht --------", "-----Opprinnelig melding-----",
    ],
)  # fmt: skip
def test_a_separator_begins_the_quote(separator: str) -> None:
    message = plain(f"We will come.\n\n{separator}\nDear friends, please reply.\n")
    assert (new(message), quoted(message)) == ("We will come.", f"{separator}\nDear friends, please reply.")


def test_answers_between_quoted_lines_are_new() -> None:
    message = plain(
        "On 26/01/2016 17:12, Unit wrote:\n> Will you come?\n\nYes.\n\n> How many?\nThree of us.\n> > old\n"
    )
    assert new(message) == "Yes.\nThree of us."


def test_an_answer_below_the_quote_is_new() -> None:
    message = plain("On 26/01/2016 17:12, Unit wrote:\n> Will you come?\n> The Unit\n\nYes, two of us.\n\nAna\n")
    assert (new(message), signature(message)) == ("Yes, two of us.", "Ana")


def test_a_forwarded_answer_stays_quoted() -> None:
    message = plain(
        "See Maria's answer below.\n\n---------- Forwarded message ---------\nFrom: Maria <m@ngo.example>\n"
        "Date: 2 Feb 2016 10:00\nSubject: Fwd\nTo: Ana\n\nWe are three.\n"
    )
    assert new(message) == "See Maria's answer below."
    assert quoted(message).endswith("We are three.")


@pytest.mark.parametrize(
    "text",
    [
        "On 2 March 2016 at 15:00 the following people will attend:\n\nMaria Silva\nJohn Okello",
        "Our director wrote on 26 January 2016 these names:\n\nMaria Silva\nJohn Okello",
        "From: Nairobi\nTo: Geneva\nDate: 1 March 2016\n\nThis is my itinerary.",
        "Name: Maria Silva\nTitle: Director\nEmail: maria@ngo.example\nArrival: 1 March 2016 10:00\n\nThree in all.",
        "| Name | Function |\n| Maria Silva | Director |\n| John Okello | Driver |\n\nThese three.",
        "From our side:\nTo the podium: Maria\nIn the room: John",
        "Dates: 1-3 March\nParticipants: 3\nContact: maria@ngo.example",
        ">From what I hear it is on 2 March, and we come.",
        "As you wrote: all are welcome.",
        "Delegation (26.02.2016, 10:30):\nMaria Silva",
    ],
)
def test_what_only_looks_like_a_quote_is_new(text: str) -> None:
    message = plain(f"Dear Unit,\n\n{text}\n")
    assert quoted(message) == ""
    assert new(message) == "Dear Unit,\n" + "\n".join(line for line in text.split("\n") if line)


HTML_QUOTES = {
    "Gmail": '<div class="gmail_quote"><div class="gmail_attr">On X, Unit wrote:<br></div>'
    '<blockquote class="gmail_quote">Please reply.</blockquote></div>',
    "Gmail forward": '<div class="gmail_quote">---------- Forwarded message ---------<br>Please reply.</div>',
    "Apple Mail": '<div><blockquote type="cite"><div>On X, Unit wrote:</div>'
    "<div>Please reply.</div></blockquote></div>",
    "Thunderbird": '<div class="moz-cite-prefix">On X, Unit wrote:<br></div><blockquote type="cite">Please reply.'
    "</blockquote>",
    "Outlook on the web": '<div id="appendonsend"></div><hr><div id="divRplyFwdMsg"><b>From:</b> Unit</div>'
    "<div>Please reply.</div>",
    "Outlook": "<div style='border:none;border-top:solid #E1E1E1 1.0pt'><p><b>From:</b> Unit &lt;unit@event.example"
    "&gt;<br><b>Sent:</b> 26 January 2016 17:12<br><b>To:</b> Ana<br><b>Subject:</b> X</p></div><p>Please reply.</p>",
    "Yahoo": '<div class="yahoo_quoted"><div>On X, Unit wrote:</div><div>Please reply.</div></div>',
    "Outlook quoting Gmail": '<div class="x_gmail_quote">On X, Unit wrote:<blockquote>Please reply.</blockquote></div>',
}


@pytest.mark.parametrize("program", HTML_QUOTES)
def test_quotes_that_html_marks(program: str) -> None:
    message = html(f"<html><body><div>We will come.</div><br>{HTML_QUOTES[program]}</body></html>")
    assert new(message) == "We will come."
    assert quoted(message).endswith("Please reply.")


def test_answers_between_quotes_in_html_are_new() -> None:
    message = html(
        '<div class="gmail_quote"><div class="gmail_attr">On X, Unit wrote:</div><blockquote class="gmail_quote">'
        "Will you come?</blockquote><div>Yes.</div>"
        '<blockquote class="gmail_quote">How many?</blockquote><div>Three.</div></div>'
    )
    assert new(message) == "Yes.\nThree."


def test_an_indented_paragraph_in_html_is_new() -> None:
    message = html('Our people:<br><blockquote style="margin:0 0 0 40px;border:none;padding:0px">Maria</blockquote>bye')
    assert "Maria" in new(message)


SIGNED = {
    "en": "Best regards,\nAna López\nDirector\n+41 22 555 00 00",
    "fr": "Cordialement,\n\nAna López\nDirectrice",
    "es": "Un cordial saludo,\nAna",
    "pt": "Atenciosamente,\nAna López",
    "it": "Cordiali saluti\nAna López",
    "de": "Mit freundlichen Grüßen\nAna López",
    "nl": "Met vriendelijke groet,\nAna",
    "ru": "С уважением,\nАна Лопес\nДиректор",
    "ar": "مع خالص التحية،\nآنا لوبيز",
    "zh": "此致\n敬礼\n安娜",
    "ja": "よろしくお願いいたします。\nアナ・ロペス",
    "no words for it": "Nakupenda sana,\nAna López",
    "delimiter": "-- \nAna López\nNGO, 12 rue X, 1202 Geneva",
    "name alone": "Ana",
    "initial": "A.",
    "name and office": "Ana López, Director\nNGO International | www.ngo.example",
    "contact block": "NGO International\n12 rue X, 1202 Geneva\nTel. +41 22 555 00 00",
    "iPhone": "Sent from my iPhone",
    "French iPhone": "Envoyé de mon iPhone",
    "Chinese iPhone": "发自我的 iPhone",
    "Outlook for iOS": "Get Outlook for iOS<https://aka.ms/o0ukef>",
}


@pytest.mark.parametrize("name", SIGNED)
def test_signatures(name: str) -> None:
    message = plain(f"Dear Unit,\n\nWe will come, two of us.\n\n{SIGNED[name]}\n")
    assert new(message) == "Dear Unit,\nWe will come, two of us."
    assert signature(message) == "\n".join(line.strip() for line in SIGNED[name].split("\n") if line)


@pytest.mark.parametrize(
    "text",
    [
        "Thanks, we will be three.",
        "Best regards from all of us who will attend, that is Maria, John and me.",
        "Participants:\n\nAna López",
        "Our people are:\n\nMaria Silva\n\nAna López",
        "1. Maria Silva\n2. Ana López",
        "Maria Silva, Director\nAna López, Adviser",
        "Ana López and Maria Silva",
        "We nominate the following.\n\nMs. Maria Silva, maria@ngo.example, +41 22 555 00 00\nMr. John Okello",
        "Best regards,\nAna\n\nP.S. Maria comes too.",
        "Kind regards,\nAna\n\nParticipants:\n1. Maria Silva",
        "-- \nWe will also send Maria to the conference, she lands on Tuesday.",
    ],
)
def test_words_on_coming_are_never_signature(text: str) -> None:
    message = plain(f"Dear Unit,\n\nThank you for the letter.\n\n{text}\n")
    signed = signature(message)
    for word in ("three", "attend", "Maria", "John", "comes"):
        assert word not in signed
    if "Ana López" in text and "Best" not in text and "Kind" not in text:
        assert "Ana López" not in signed


LEGAL = {
    "en": "This e-mail is confidential and intended for the addressee only. If received in error, delete this message.",
    "fr": "Ce message est confidentiel. Si vous avez reçu ce message par erreur, veuillez le détruire.",
    "es": "Este mensaje es confidencial y para uso del destinatario. Prohibida su difusión.",
    "de": "Diese E-Mail ist vertraulich. Falls Sie nicht der richtige Empfänger sind, vernichten Sie sie.",
}


@pytest.mark.parametrize("language", LEGAL)
@pytest.mark.parametrize("rule", ["", "==========\n"])
def test_legal_notices(language: str, rule: str) -> None:
    message = plain(f"We will come.\n\nBest regards,\nAna\n\n{rule}{LEGAL[language]}\n")
    assert (new(message), signature(message)) == ("We will come.", "Best regards,\nAna")
    assert zone(message, Zone.DISCLAIMER) == f"{rule}{LEGAL[language]}"


def test_a_warning_of_the_server_is_no_word_of_the_sender() -> None:
    message = plain("CAUTION: External email. Do not click links.\n\nWe will come.\n")
    assert (new(message), zone(message, Zone.DISCLAIMER)) == (
        "We will come.",
        "CAUTION: External email. Do not click links.",
    )


def test_an_html_signature_with_words_typed_into_it_keeps_them() -> None:
    message = html('<div>Hello</div><div class="gmail_signature">Ana López<br>We will attend with two people.</div>')
    assert "We will attend with two people." in new(message)
