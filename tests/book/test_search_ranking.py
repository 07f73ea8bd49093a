"""Chỉ mục tìm kiếm và thứ hạng: hỏi thì mục nào đứng đầu."""

import gzip
import json
import re
import unicodedata

import pytest
from selenium.webdriver.support.ui import WebDriverWait

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def index(book_html):
    text = (book_html / "searchindex.js").read_text("utf-8")
    return json.loads(text.removeprefix("const SEARCH_INDEX = ").removesuffix(";\n"))


def test_every_section_of_the_index_is_a_place_in_the_book(index, book_html, toc_pages):
    assert {page for page, _ in index["pages"]} == {f"{page}.html" for page in toc_pages}
    anchors = {}
    for page, anchor, *_ in index["sections"]:
        anchors.setdefault(page, set()).add(anchor)
    for page, (url, _) in enumerate(index["pages"]):
        html = (book_html / url).read_text("utf-8")
        assert anchors[page] <= set(re.findall(r'\bid="([^"]+)"', html)), url


def test_index_holds_readable_text_and_weighs_little(index, book_html):
    texts = [text for *_, title, _, text in index["sections"] for text in (title, text)]
    assert all(unicodedata.is_normalized("NFC", text) for text in texts)
    prose = [row[-1] for row in index["sections"] if "/api" not in index["pages"][row[0]][0]]
    assert not [text for text in prose if re.search(r"\\\(|\\\[|</?(div|span|p)\b", text)]
    weight = len(gzip.compress((book_html / "searchindex.js").read_bytes()))
    assert weight < 900_000


# --- Thứ hạng: nơi mà người đã đọc sách sẽ chỉ cho bạn ---------------------------------------

EXPECTED = {
    "dinh thuc": "change_of_variables#dinh-thuc-la-the-tich-co-dau",
    unicodedata.normalize("NFD", "mô hình sinh"): "generative_models#mo-hinh-sinh-la-gi",
    "MÔ HÌNH SINH LÀ GÌ": "generative_models#mo-hinh-sinh-la-gi",
    "thuat toan EM": "generative_models#thuat-toan-em",
    "bất đẳng thức jensen": "likelihood_and_information#loi-lom-va-bat-dang-thuc-jensen",
    "elbo la gi": "elbo_and_vae#elbo-va-vae",
    "tái tham số hoá": "elbo_and_vae#tai-tham-so-hoa",
    "reparameterization": "elbo_and_vae#tai-tham-so-hoa",
    "contraction": "appendix/glossary#term-anh-xa-co-contraction",
    "normalizing flows": "appendix/glossary#term-luong-chuan-hoa-normalizing-flow",
    "change of variables": "change_of_variables#phep-doi-bien",
    "log_prob": "continuous_flows#log-prob-chi-tra-ve-log-mat-do-cua-co-so",
    "RealNVP": "coupling_flows#tang-affine-realnvp",
    "real nvp": "coupling_flows#tang-affine-realnvp",
    "lấy mẫu langevin": "score_and_sde#dong-luc-hoc-langevin",
    "flow matching là gì": "flow_matching#khop-luong-va-luong-nan-thang",
    "phương sai hutchinson": "ffjord#uoc-luong-hutchinson-cua-do-phan-ky",
    "sup do mode": "gan#sup-do-mode",
    "pixelcnn diem mu": "autoregressive_models#diem-mu",
    "bo de dinh thuc ma tran": "residual_flows#bo-de-dinh-thuc-ma-tran",
    "Picard Lindelof": "continuous_flows#dinh-ly-picardlindelof",
    "classifier-free guidance": "guided_and_latent_diffusion#dan-huong-khong-can-bo-phan-loai",
    "may do ro ri": "../notebooks/autoregressive_models#made-tu-con-so-khong-va-may-do-ro-ri",
    "bảng ký hiệu": "appendix/notation#bang-ky-hieu",
    "véc tơ dò": "residual_flows#vet-bang-vector-do",
    "mạng đối kháng": "gan#mang-doi-sinh",
    "công thức Tweedie": "score_and_sde#cong-thuc-tweedie",
    "tai sao phai hoan vi": "coupling_flows#vi-sao-phai-hoan-vi",
}


@pytest.fixture(scope="module")
def ranked(browser, site):
    """Hỏi thẳng bộ xếp hạng của trang tìm kiếm: câu hỏi → các hàng, hàng đáng đọc nhất trước."""
    browser.open(f"{site}/search.html?q=elbo")
    ready = "return typeof SEARCH_INDEX !== 'undefined'"
    WebDriverWait(browser.driver, 15).until(lambda _: browser.run(ready))
    browser.run("window.searchBook = SearchRank.read(SEARCH_INDEX)")

    def ask(words, most=3):
        return browser.run(
            """return SearchRank.search(arguments[0], searchBook).found.slice(0, arguments[1])
              .map(({row}) => ({place: `${row.url}#${row.anchor}`, title: row.title,
                                text: row.fields[1].words}))""",
            words,
            most,
        )

    return ask


def test_expected_section_is_among_the_first_three(ranked):
    missed = {}
    for words, target in EXPECTED.items():
        page, anchor = target.split("#")
        wanted = f"book/{page}.html#{anchor}".replace("book/../", "")
        places = [row["place"] for row in ranked(words)]
        if wanted not in places:
            missed[words] = {"cần": wanted, "gặp": places}
    assert missed == {}


def test_words_standing_together_come_before_scattered_ones(ranked):
    english = {"mô hình sinh": "generative model", "phương trình liên tục": "continuity equation"}
    for words, also in english.items():
        for row in ranked(words, 10):
            text = f"{row['title']} {row['text']}".lower()
            assert words in text or also.replace(" ", "") in text.replace(" ", ""), row["place"]


def test_exact_diacritics_come_first(ranked):
    """«màu», «mẫu» và «máu» gấp dấu thì như nhau; người gõ có dấu muốn đúng từ ấy."""
    for words in ("màu", "mẫu"):
        for row in ranked(words, 5):
            found = f"{row['title']} {row['text']}".lower()
            assert re.search(rf"\b{words}\b", found), f"{words}: {row['place']}"
