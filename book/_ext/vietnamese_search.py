"""Tìm kiếm tiếng Việt: gõ có dấu, không dấu, kiểu đặt dấu nào cũng tìm được.

Sphinx không có tiếng Việt. Ở đây mỗi từ được gấp về chữ không dấu, cả khi lập chỉ mục (Python)
lẫn khi đọc câu hỏi (JavaScript). Không có từ dừng: «là», «của» vẫn là từ.
"""

import re
import unicodedata

from sphinx.search import SearchLanguage


def fold(word):
    """Bỏ dấu thanh, dấu mũ, dấu móc và đổi đ thành d."""
    letters = unicodedata.normalize("NFD", word.lower()).replace("đ", "d")
    return "".join(letter for letter in letters if not unicodedata.combining(letter))


class SearchVietnamese(SearchLanguage):
    lang = "vi"
    language_name = "Vietnamese"
    stopwords = set()
    js_splitter_code = """
// Chữ gõ ở dạng tổ hợp (NFD) phải được ghép lại trước khi tách từ.
var splitQuery = (query) => query
  .normalize("NFC")
  .split(/[^\\p{Letter}\\p{Number}_]+/gu)
  .filter((term) => term);
"""
    js_stemmer_code = """
var Stemmer = function () {
  this.stemWord = (word) =>
    word.toLowerCase().normalize("NFD").replace(/đ/g, "d").replace(/\\p{Mark}/gu, "");
};
// Mở từ đĩa thì trình duyệt không cho đọc trang khác để trích đoạn.
if (location.protocol === "file:") DOCUMENTATION_OPTIONS.SHOW_SEARCH_SUMMARY = false;
"""

    def split(self, text):
        return re.findall(r"\w+", unicodedata.normalize("NFC", text))

    def stem(self, word):
        return fold(word)

    def word_filter(self, word):
        return bool(word)


def setup(app):
    app.add_search_language(SearchVietnamese)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
