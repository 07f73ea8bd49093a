// Chạy trước mọi mã của trang: nhớ những phần tử biết nghe con trỏ.
{
  const pointed = (window.pointed = new Set());
  const listen = EventTarget.prototype.addEventListener;
  EventTarget.prototype.addEventListener = function (kind, ...rest) {
    if (/^(pointerdown|mousedown|click|touchstart|dblclick)$/.test(kind)) pointed.add(this);
    return listen.call(this, kind, ...rest);
  };
}
// Đồ nghề hỏi một hình tương tác: có nút nào, đang ở trạng thái nào, tiêu điểm thấy được không.
window.keyboard = {
  /** Mọi chỗ của hình nhận được tiêu điểm; một nhóm chung một lần Tab thì kể thêm hai chỗ đầu. */
  controls(figure) {
    const all = figure.querySelectorAll("button, input, select, summary, a[href], [tabindex]");
    const shown = (e) => e.checkVisibility({ visibilityProperty: true }) && !e.disabled;
    const groups = new Map();
    return [...all].filter(shown).filter((e) => {
      if (e.tabIndex >= 0) return true;
      groups.set(e.parentNode, (groups.get(e.parentNode) ?? 0) + 1);
      return groups.get(e.parentNode) <= 2;
    });
  },

  kind(node) {
    if (node.matches("input[type=range]")) return "range";
    if (node.getAttribute("role") === "slider") return "handle";
    if (node.matches("input[type=checkbox]")) return "checkbox";
    return node.matches("button, [role=button]") ? "button" : "other";
  },

  /** Chỗ nghe con trỏ mà bàn phím không tới được. Bấm vào nền khung vẽ chỉ là đường tắt tới điểm
   * kéo được, hay tới danh sách, nằm trong cùng hình. */
  pointerOnly(figure) {
    const reached = "button, input, select, label, [tabindex]";
    const shortcut = (e) => e.matches("svg") && figure.querySelector("[role=slider], [role=radio]");
    return [...window.pointed]
      .filter((e) => e instanceof Element && figure.contains(e) && e.checkVisibility())
      .filter((e) => getComputedStyle(e).pointerEvents !== "none")
      .filter((e) => !e.closest(reached) && !e.matches("[role=img]:not(svg)") && !shortcut(e))
      .map((e) => e.outerHTML.slice(0, 120));
  },

  /** Dấu vân tay của những gì hình nói và vẽ, trừ chính nút đang thử. */
  drawn(figure, node) {
    const inside = [...figure.querySelectorAll("input, select")].filter((e) => e !== node);
    const all = figure.innerHTML + inside.map((e) => `${e.value} ${e.checked}`).join();
    let hash = 0;
    for (let i = 0; i < all.length; i++) hash = (Math.imul(hash, 31) + all.charCodeAt(i)) | 0;
    return hash;
  },

  /** Giá trị mà trình đọc màn hình đọc ở một điểm kéo được hay một thanh trượt. */
  value(node) {
    const said = ["aria-valuenow", "aria-valuetext"].map((name) => node.getAttribute(name));
    return [node.value ?? null, ...said].join(" ");
  },

  watch(figure) {
    const seen = (this.seen = { clicks: 0, handled: false });
    figure.addEventListener("click", () => seen.clicks++, true);
    figure.addEventListener("keydown", (event) => (seen.handled = event.defaultPrevented));
  },

  rings(figure, nodes) {
    return nodes.map((node) => this.ring(figure, node));
  },

  /** Tương phản lớn nhất, với nền của hình, của những nét chỉ hiện khi có tiêu điểm. */
  ring(figure, node) {
    const parts = [node, ...node.querySelectorAll("*")];
    const look = () =>
      parts.flatMap((e) => {
        const { outlineStyle, outlineWidth, outlineColor, stroke } = getComputedStyle(e);
        const outline = outlineStyle === "none" || outlineWidth === "0px" ? "none" : outlineColor;
        return [outline, stroke];
      });
    document.activeElement.blur();
    const before = look();
    node.focus({ focusVisible: true, preventScroll: true });
    const light = (colour) => {
      const channels = colour.match(/[\d.]+/g).slice(0, 3).map((v) => v / 255);
      const linear = channels.map((c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4));
      return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2];
    };
    const back = light(getComputedStyle(figure).backgroundColor);
    const contrasts = look()
      .filter((colour, i) => colour !== before[i] && colour.startsWith("rgb("))
      .map(light)
      .map((l) => (Math.max(l, back) + 0.05) / (Math.min(l, back) + 0.05));
    return Math.max(0, ...contrasts);
  },
};
