// Đồ nghề chung của các hình tương tác: dựng phần tử, thang đo, kéo thả, phím, số, ký hiệu toán.
// Mỗi hình là một mô-đun ES: tệp này nối với tệp của hình, không import gì.

const SVG_NS = "http://www.w3.org/2000/svg";

function setAttributes(node, attributes) {
  for (const [key, value] of Object.entries(attributes)) {
    if (value === null) node.removeAttribute(key);
    else node.setAttribute(key, value);
  }
  return node;
}

/** Phần tử HTML. */
function html(tag, attributes = {}, ...children) {
  const node = setAttributes(document.createElement(tag), attributes);
  node.append(...children);
  return node;
}

/** Phần tử SVG, gắn luôn vào cha. */
function svg(parent, tag, attributes = {}) {
  const node = setAttributes(document.createElementNS(SVG_NS, tag), attributes);
  parent.append(node);
  return node;
}

/** Nhóm SVG chỉ hiện trong một hình chữ nhật, đặt bằng `cut`. */
function clipped(parent) {
  const id = `lf-clip-${Math.random().toString(36).slice(2)}`;
  const rect = svg(svg(svg(parent, "defs"), "clipPath", { id }), "rect");
  const group = svg(parent, "g", { "clip-path": `url(#${id})` });
  return { group, cut: (x, y, width, height) => setAttributes(rect, { x, y, width, height }) };
}

/** Thang đo tuyến tính từ [a, b] sang [p, q]; `.invert` đi ngược lại. */
function linear([a, b], [p, q]) {
  const scale = (v) => p + ((v - a) * (q - p)) / (b - a);
  scale.invert = (r) => a + ((r - p) * (b - a)) / (q - p);
  scale.unit = Math.abs((q - p) / (b - a));
  return scale;
}

/** Các vạch chia tròn trong [a, b], khoảng `count` vạch. */
function ticks(a, b, count) {
  const raw = (b - a) / count;
  const power = 10 ** Math.floor(Math.log10(raw));
  const step = [1, 2, 5, 10].map((m) => m * power).find((s) => s >= raw * 0.999);
  const first = Math.ceil(a / step - 1e-9);
  const last = Math.floor(b / step + 1e-9);
  return Array.from({ length: last - first + 1 }, (_, i) => +((first + i) * step).toPrecision(6));
}

const clamp = (v, low, high) => Math.min(high, Math.max(low, v));

/** Số cho người đọc: dấu trừ thật, vô cực thật. */
function format(v, digits = 2) {
  if (Number.isNaN(v)) return "không xác định";
  if (!Number.isFinite(v)) return v > 0 ? "+∞" : "−∞";
  const text = v.toFixed(digits);
  return (Number(text) === 0 ? (0).toFixed(digits) : text).replace("-", "−");
}

/** Một vạch chia, viết gọn nhất. */
const tickLabel = (v) => String(v).replace("-", "−");

/** Tách ký hiệu toán: chữ cái đơn in nghiêng, _chỉ số dưới, ^số mũ. */
function mathTokens(source) {
  const text = source.replaceAll("f′", "f\u200a′"); // chữ f nghiêng lấn sang dấu phẩy trên
  const kinds = [];
  for (const [, script, word, other] of text.matchAll(/([_^](?:\p{L}|\d)+)|(Δ|\p{L}+)|([^_^\p{L}]+)/gu)) {
    if (script) kinds.push([script[0] === "_" ? "sub" : "sup", script.slice(1)]);
    else if (word) kinds.push([/^[a-z]$/i.test(word) ? "i" : "span", word]);
    else kinds.push(["span", other]);
  }
  return kinds;
}

/** Ký hiệu toán trong HTML. */
function math(text) {
  const node = html("span", { class: "lf-math" });
  for (const [tag, part] of mathTokens(text)) {
    const italic = tag !== "span" && /^[a-z]$/i.test(part);
    node.append(italic && tag !== "i" ? html(tag, {}, html("i", {}, part)) : html(tag, {}, part));
  }
  return node;
}

/** Lời văn với ký hiệu toán đặt giữa hai dấu $. */
function prose(text) {
  return text.split("$").map((part, i) => (i % 2 ? math(part) : part));
}

/** Ký hiệu toán trong SVG. */
function svgMath(parent, text, attributes = {}) {
  const label = svg(parent, "text", { ...attributes, class: `lf-math ${attributes.class ?? ""}` });
  let lowered = 0;
  for (const [tag, part] of mathTokens(text)) {
    const shift = tag === "sub" ? 0.28 : tag === "sup" ? -0.4 : 0;
    const span = svg(label, "tspan", { dy: `${(shift - lowered).toFixed(2)}em` });
    if (/^[a-z]$/i.test(part)) span.setAttribute("class", "lf-it");
    if (shift) span.setAttribute("class", `${span.getAttribute("class") ?? ""} lf-script`.trim());
    span.textContent = part;
    lowered = shift;
  }
  return label;
}

/** Đường gấp khúc qua các điểm; bỏ nét ở điểm không hữu hạn. */
function polyline(points) {
  let pen = "M";
  let d = "";
  for (const [x, y] of points) {
    if (!Number.isFinite(x) || !Number.isFinite(y)) {
      pen = "M";
      continue;
    }
    d += `${pen}${x.toFixed(1)} ${y.toFixed(1)}`;
    pen = "L";
  }
  return d || "M0 0";
}

/** Kéo bằng chuột, bút hay ngón tay. `move(x, y)` theo điểm ảnh của khung `surface`. */
function draggable(node, surface, { start = () => {}, move, end = () => {} }) {
  let dragging = false;
  const position = (event) => {
    const box = surface.getBoundingClientRect();
    const scale = (surface.viewBox?.baseVal?.width || box.width) / box.width;
    return [(event.clientX - box.left) * scale, (event.clientY - box.top) * scale];
  };
  const stop = () => {
    if (!dragging) return;
    dragging = false;
    node.classList.remove("lf-dragging");
    end();
  };
  node.addEventListener("pointerdown", (event) => {
    if (event.button > 0) return;
    event.preventDefault();
    node.setPointerCapture(event.pointerId);
    node.focus?.({ preventScroll: true });
    node.classList.add("lf-dragging");
    dragging = true;
    start(...position(event));
  });
  node.addEventListener("pointermove", (event) => dragging && move(...position(event)));
  node.addEventListener("pointerup", stop);
  node.addEventListener("pointercancel", stop);
}

/**
 * Phím mũi tên: `step(dx, dy)` với đơn vị là một bước; giữ Shift thì bước gấp năm. Ở một điểm kéo
 * được, Home và End đi tới hai đầu (hình tự chặn ở đó), PageUp và PageDown đi năm bước.
 */
function arrowKeys(node, step) {
  const directions = {
    ArrowLeft: [-1, 0],
    ArrowRight: [1, 0],
    ArrowUp: [0, 1],
    ArrowDown: [0, -1],
  };
  const jumps = { Home: [-1e6, 0], End: [1e6, 0], PageUp: [0, 5], PageDown: [0, -5] };
  node.addEventListener("keydown", (event) => {
    const jump = node.getAttribute("role") === "slider" && jumps[event.key];
    const direction = directions[event.key] ?? jump;
    if (!direction || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    const size = event.shiftKey && !jump ? 5 : 1;
    step(direction[0] * size, direction[1] * size);
  });
}

/** Nhóm nút chọn một; trả hàm đánh dấu nút đang chọn. */
function choice(parent, legend, options, pick) {
  const group = html("div", { class: "lf-choice", role: "group", "aria-label": legend });
  const buttons = options.map(([value, label]) => {
    const button = html("button", { type: "button", "data-value": value }, label);
    button.addEventListener("click", () => pick(value));
    group.append(button);
    return button;
  });
  parent.append(group);
  return (value) =>
    buttons.forEach((b) => b.setAttribute("aria-pressed", String(b.dataset.value === value)));
}

/** Bảng số: `row(nhãn, lớp)` thêm một dòng, trả phần tử chứa số và nhãn của nó. */
function readout(parent) {
  const table = html("div", { class: "lf-readout" });
  parent.append(table);
  return (label = "", className = "") => {
    const name = html("span", {}, ...prose(label));
    const value = html("output");
    table.append(html("div", { class: `lf-row ${className}` }, name, value));
    return { name, value };
  };
}

/** Gốc của một hình. JupyterLab nuốt phím mũi tên nếu sự kiện lọt ra ngoài. */
function figureRoot(el, model, className) {
  const root = html("div", {
    class: `lf ${className}`,
    role: "group",
    "aria-label": model.get("alt"),
  });
  root.addEventListener("keydown", (event) => event.stopPropagation());
  el.append(root);
  return root;
}

/** Gọi `draw(width)` khi bề rộng đổi; trả hàm dọn. */
function onWidth(node, draw) {
  let last = 0;
  const observer = new ResizeObserver(() => {
    const width = Math.round(node.getBoundingClientRect().width);
    if (width > 0 && width !== last) draw(width);
    last = width; // lúc ẩn là 0, nên khi hiện lại sẽ vẽ lại
  });
  observer.observe(node);
  return () => observer.disconnect();
}

/** Lưu vào mô hình, không quá một lần mỗi `delay` mili giây trong lúc kéo. */
function saver(model, delay = 150) {
  let timer = null;
  return () => {
    timer ??= setTimeout(() => {
      timer = null;
      model.save_changes();
    }, delay);
  };
}

/** Nhiều thay đổi liền nhau chỉ gọi `action` một lần. */
function once(action) {
  let waiting = false;
  return () => {
    if (waiting) return;
    waiting = true;
    queueMicrotask(() => {
      waiting = false;
      action();
    });
  };
}

const reducedMotion = () => matchMedia("(prefers-reduced-motion: reduce)").matches;

/** log mật độ của N(0, 1). */
const logNormal = (z) => -0.5 * z * z - 0.5 * Math.log(2 * Math.PI);

/** Gọi `draw` khi trang đổi giữa nền sáng và nền tối; trả hàm dọn. */
function onTheme(draw) {
  const observer = new MutationObserver(draw);
  for (const node of [document.documentElement, document.body]) {
    const attributeFilter = ["data-theme", "theme", "data-jp-theme-light", "class"];
    observer.observe(node, { attributes: true, attributeFilter });
  }
  const media = matchMedia("(prefers-color-scheme: dark)");
  media.addEventListener("change", draw);
  return () => {
    observer.disconnect();
    media.removeEventListener("change", draw);
  };
}
