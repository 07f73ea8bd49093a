// Ký hiệu của ba loại mô hình, chỗ đặt tên, ô chọn trục, và cách viết số của bảng so.

const KINDS = {
  exact: { label: "mật độ chính xác", color: "var(--lf-z)", shape: (r) => `M${-r} 0A${r} ${r} 0 1 1 ${r} 0A${r} ${r} 0 1 1 ${-r} 0Z` },
  bound: { label: "chỉ có cận", color: "var(--lf-x)", shape: (r) => `M${-1.15 * r} ${-0.8 * r}H${1.15 * r}L0 ${1.2 * r}Z` },
  none: { label: "không có mật độ", color: "var(--lf-third)", shape: (r) => `M${-0.9 * r} ${-0.9 * r}H${0.9 * r}V${0.9 * r}H${-0.9 * r}Z` },
};
const LETTER = 6.7; // bề rộng chừng của một chữ 12px

/** Chỗ đặt tên không đè lên tên khác hay điểm khác; null khi hết chỗ. */
function placeName(text, [x, y], taken, [left, right, top, bottom], forced) {
  const width = text.length * LETTER;
  const spots = [[9, 4], [-9 - width, 4], [-width / 2, -11], [-width / 2, 20], [7, -8], [7, 16], [-7 - width, -8], [-7 - width, 16]];
  const boxes = spots.map(([dx, dy]) => [x + dx, y + dy - 10, x + dx + width, y + dy + 3]);
  const inside = boxes.filter(([a, b, c, d]) => a >= left && c <= right && b >= top && d <= bottom);
  const free = inside.find(([a, b, c, d]) => !taken.some(([e, f, g, h]) => a < g && e < c && b < h && f < d));
  return free ?? (forced ? (inside[0] ?? boxes[1]) : null);
}

/** Ký hiệu của một loại mô hình, đứng giữa dòng chữ. */
function glyph(kind, filled = true) {
  const picture = svg(html("span"), "svg", { width: 14, height: 14, viewBox: "-7 -7 14 14", "aria-hidden": "true", style: "display: inline-block; vertical-align: -2px; margin-right: 6px" });
  const { color, shape } = KINDS[kind];
  svg(picture, "path", { d: shape(4.6), style: `fill: ${filled ? color : "var(--lf-surface)"}; stroke: ${color}; stroke-width: 1.8` });
  return picture;
}

/** Ô chọn một trục: đại lượng và thang log. Trả hàm hiện lựa chọn. */
function axisRow(parent, label, pick, toggle) {
  const row = labelledRow(parent, label, { class: "lf-options lf-axis-row" });
  const select = html("select", { "aria-label": label });
  const box = html("input", { type: "checkbox", "aria-label": `${label}: thang log` });
  select.addEventListener("change", () => pick(select.value));
  box.addEventListener("change", () => toggle(box.checked));
  row.append(select, html("label", {}, box, "log"));
  return (options, value, log) => {
    const key = options.map(({ name }) => name).join();
    if (select.dataset.key !== key) select.replaceChildren(...options.map(({ name, label: text }) => html("option", { value: name }, text)));
    select.dataset.key = key;
    select.value = value;
    box.checked = log;
  };
}

/** Ba chữ số có nghĩa; số rất lớn hay rất nhỏ viết bằng lũy thừa của mười. */
export function brief(v) {
  if (!Number.isFinite(v)) return format(v);
  const size = Math.abs(v);
  if (v === 0) return "0";
  if (size >= 1e6 || size < 1e-3) {
    const [digits, power] = v.toExponential(1).split("e");
    const raised = [...String(Number(power))].map((c) => "⁻⁰¹²³⁴⁵⁶⁷⁸⁹"["-0123456789".indexOf(c)]).join("");
    const lead = tickLabel(Number(digits));
    return `${lead === "1" ? "" : `${lead}·`}10${raised}`;
  }
  if (size >= 1000 || Number.isInteger(v)) return Math.round(v).toLocaleString("fr-FR").replace(/\s/g, " ").replace("-", "−");
  return String(Number(v.toPrecision(3))).replace("-", "−");
}

/** Số cùng nửa khoảng của nó; nửa khoảng giữ hai chữ số có nghĩa, số được làm tròn theo nó. */
export function withInterval({ mean, half }) {
  if (half === 0 || !Number.isFinite(half)) return brief(mean);
  if (Math.abs(mean) >= 1e6 || half < 1e-5 || half >= 1e5) return `${brief(mean)} ± ${brief(half)}`;
  const digits = clamp(1 - Math.floor(Math.log10(half)), 0, 6);
  return `${format(mean, digits)} ± ${half.toFixed(digits)}`;
}
