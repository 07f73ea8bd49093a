// Mẫu của bộ sinh và trường của bộ phân biệt qua các bước huấn luyện; trọng số đi theo hình, tính trong trang.

const RADIUS = 4.6; // khung nhìn [−4.6, 4.6]²
const CELLS = 64; // số ô tô màu mỗi cạnh
const MARGIN = 30;
const LEAK = 0.2;

/** Số float16 từ 16 bit. */
export function half(bits) {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 0x1f;
  const fraction = bits & 0x3ff;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 31) return fraction ? NaN : sign * Infinity;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}

function unpack({ shape, data }) {
  const bytes = Uint8Array.from(atob(data), (c) => c.charCodeAt(0));
  const view = new DataView(bytes.buffer);
  const values = Float64Array.from({ length: bytes.length / 2 }, (_, i) => half(view.getUint16(2 * i, true)));
  return { shape, values };
}

/** Perceptron LeakyReLU: hai số -> mảng số. */
export function network(layers) {
  const parts = layers.map(({ weight, bias }) => ({
    rows: weight.shape[0],
    columns: weight.shape[1],
    weight: unpack(weight).values,
    bias: unpack(bias).values,
    output: new Float64Array(weight.shape[0]),
  }));
  return (point) => {
    let input = point;
    parts.forEach(({ rows, columns, weight, bias, output }, k) => {
      for (let r = 0; r < rows; r++) {
        let sum = bias[r];
        for (let c = 0, w = r * columns; c < columns; c++, w++) sum += weight[w] * input[c];
        output[r] = k < parts.length - 1 && sum < 0 ? LEAK * sum : sum;
      }
      input = output;
    });
    return input;
  };
}

const sigmoid = (v) => 0.5 * (1 + Math.tanh(0.5 * v));
const mean = (values) => values.reduce((a, b) => a + b, 0) / values.length;

/** Hướng mà bộ sinh bị đẩy tại một điểm: −∂L/∂x, sai phân giữa. */
export function push(score, kind, [x, y], eps = 1e-3) {
  const slope = [
    (score([x + eps, y])[0] - score([x - eps, y])[0]) / (2 * eps),
    (score([x, y + eps])[0] - score([x, y - eps])[0]) / (2 * eps),
  ];
  const weight = kind === "gan" ? 1 - sigmoid(score([x, y])[0]) : 1;
  return slope.map((v) => weight * v);
}

/** Đếm mode: [số mode giữ ít nhất 1 % số mẫu trong 3·std, tỉ lệ mẫu gần một mode]. */
export function modes(samples, centers, std, share = 0.01) {
  const held = centers.map(() => 0);
  for (const [x, y] of samples) {
    const away = centers.map(([a, b]) => Math.hypot(x - a, y - b));
    const nearest = away.indexOf(Math.min(...away));
    if (away[nearest] <= 3 * std) held[nearest] += 1;
  }
  const needed = share * samples.length;
  return [held.filter((n) => n > 0 && n >= needed).length, held.reduce((a, b) => a + b, 0) / samples.length];
}

function render({ model, el }) {
  const root = figureRoot(el, model, "lf-gan");
  const runs = model.get("runs");
  const data = model.get("data");
  const noise = model.get("noise");
  const centers = model.get("centers");
  const std = model.get("std");
  const save = saver(model);
  const change = (values) => {
    for (const [key, value] of Object.entries(values)) model.set(key, value);
    save();
  };
  const run = () => runs.find((r) => r.name === model.get("run")) ?? runs[0];
  const last = () => run().steps.length - 1;
  const place = () => (model.get("place") < 0 ? last() : clamp(model.get("place"), 0, last()));

  // Mỗi ảnh chụp chỉ giải nén một lần.
  const cache = new Map();
  function snapshot() {
    const key = `${run().name}/${place()}`;
    if (!cache.has(key)) {
      const [generator, score] = [run().generator, run().discriminator].map((all) => network(all[place()]));
      const samples = noise.map((z) => [...generator(z)]);
      const grid = new Float64Array(CELLS * CELLS);
      for (let i = 0; i < CELLS; i++) {
        for (let j = 0; j < CELLS; j++) {
          const at = (n) => ((2 * (n + 0.5)) / CELLS - 1) * RADIUS;
          grid[j * CELLS + i] = score([at(i), at(j)])[0];
        }
      }
      cache.set(key, { samples, score, grid });
    }
    return cache.get(key);
  }

  const markRun = choice(
    root,
    "Chọn mô hình",
    runs.map((r) => [r.name, r.name]),
    (name) => (halt(), change({ run: name })),
  );

  const bar = html("div", { class: "lf-steps", style: "margin-top: 10px" });
  const button = (text, label) => html("button", { type: "button", "aria-label": label }, text);
  const back = button("‹", "Lùi một ảnh chụp");
  const next = button("›", "Tiến một ảnh chụp");
  const play = button("Chạy", "Chạy từ đầu huấn luyện");
  const slider = html("input", { type: "range", min: 0, step: 1, "aria-label": "Bước huấn luyện" });
  bar.append(back, slider, next, play);
  const caption = html("p", { class: "lf-caption", "aria-live": "polite" });
  root.append(bar, caption);
  const go = (k) => change({ place: clamp(k, 0, last()) });
  back.addEventListener("click", () => (halt(), go(place() - 1)));
  next.addEventListener("click", () => (halt(), go(place() + 1)));
  slider.addEventListener("input", () => (halt(), go(Number(slider.value))));

  let timer = null;
  function halt() {
    clearTimeout(timer);
    timer = null;
    play.textContent = "Chạy";
  }
  play.addEventListener("click", () => {
    if (timer) return halt();
    go(place() === last() ? 0 : place());
    play.textContent = "Dừng";
    const advance = () => {
      go(place() + 1);
      if (place() === last()) halt();
      else timer = setTimeout(advance, 650);
    };
    timer = setTimeout(advance, 500);
  });

  const body = html("div", { class: "lf-body" });
  const box = html("div", { class: "lf-panel" });
  const side = html("div", { class: "lf-side" });
  body.append(box, side);
  root.append(body);
  const canvas = html("canvas", { "aria-hidden": "true" });
  box.append(canvas);
  const picture = svg(box, "svg", { role: "img", "aria-label": "Mặt phẳng dữ liệu" });
  const axes = svg(picture, "g");
  const { group: inside, cut } = clipped(picture);
  const rings = svg(inside, "path", { class: "lf-curve", style: "stroke-width: 1; stroke-dasharray: 3 3" });
  const arrows = svg(inside, "path", { class: "lf-curve", style: "stroke-width: 1.1" });

  const row = readout(side);
  const out = {
    step: row("bước"),
    found: row("số mode tìm thấy", "lf-sum"),
    near: row("mẫu gần một mode"),
    real: row("", "lf-gap lf-is-x"),
    fake: row("", "lf-is-z"),
    value: row(""),
  };
  const options = html("div", { class: "lf-options" });
  side.append(options);
  const shown = { data: true, push: false };
  const toggle = (key, label) => {
    const input = html("input", { type: "checkbox" });
    input.checked = shown[key];
    input.addEventListener("change", () => ((shown[key] = input.checked), draw()));
    options.append(html("label", {}, input, label));
  };
  toggle("data", "hiện dữ liệu");
  toggle("push", "hiện hướng đẩy mẫu");
  const legend = html("p", { class: "lf-hint" });
  side.append(legend);

  function color(name) {
    const hex = getComputedStyle(root).getPropertyValue(`--lf-${name}`).trim();
    return [1, 3, 5].map((i) => parseInt(hex.slice(i, i + 2), 16));
  }

  function drawFigure() {
    if (!root.clientWidth) return; // đang ẩn
    root.classList.toggle("lf-wide", root.clientWidth >= 620);
    const size = Math.min(body.clientWidth - (root.clientWidth >= 620 ? 264 : 0), 480);
    const [low, high] = [8, size - MARGIN];
    const x = linear([-RADIUS, RADIUS], [MARGIN, size - 8]);
    const y = linear([-RADIUS, RADIUS], [high, low]);
    const side = high - low;
    setAttributes(picture, { width: size, height: size, viewBox: `0 0 ${size} ${size}` });
    cut(MARGIN, low, side, side);
    axes.replaceChildren();
    for (const v of [-4, -2, 0, 2, 4]) {
      // Chỗ cuối trục dành cho tên trục.
      if (x(v) < size - 36) svg(axes, "text", { x: x(v), y: high + 17, "text-anchor": "middle" }).textContent = tickLabel(v);
      svg(axes, "text", { x: MARGIN - 6, y: y(v) + 4, "text-anchor": "end" }).textContent = tickLabel(v);
    }
    svg(axes, "rect", { class: "lf-frame", x: MARGIN, y: low, width: side, height: side });
    svgMath(axes, "x_1", { x: x(RADIUS) - 2, y: high + 17, "text-anchor": "end" });
    svgMath(axes, "x_2", { x: MARGIN + 4, y: low + 14 });

    const { samples, score, grid } = snapshot();
    const { kind } = run();
    const ratio = window.devicePixelRatio || 1;
    canvas.style.width = canvas.style.height = `${size}px`;
    canvas.width = canvas.height = Math.round(size * ratio);
    const pen = canvas.getContext("2d");
    pen.scale(ratio, ratio);
    pen.beginPath();
    pen.rect(MARGIN, low, side, side);
    pen.clip();
    const [surface, real, fake, third, ink] = ["surface", "x", "z", "third", "ink"].map(color);
    const middle = kind === "gan" ? 0 : mean([...grid]);
    const most = Math.max(...grid.map((v) => Math.abs(v - middle)), 1e-9);
    const cell = side / CELLS;
    for (let i = 0; i < CELLS; i++) {
      for (let j = 0; j < CELLS; j++) {
        const v = grid[j * CELLS + i] - middle;
        // GAN: −1 là D = 0, +1 là D = 1. WGAN: điểm so với trung bình.
        const signed = kind === "gan" ? Math.tanh(0.5 * v) : v / most;
        const strength = 0.55 * Math.abs(signed);
        const hue = signed > 0 ? real : fake;
        pen.fillStyle = `rgb(${hue.map((c, k) => Math.round(surface[k] + (c - surface[k]) * strength))})`;
        pen.fillRect(MARGIN + i * cell, high - (j + 1) * cell, cell + 0.6, cell + 0.6);
      }
    }
    const dots = (points, hue, alpha, r) => {
      pen.fillStyle = `rgba(${hue}, ${alpha})`;
      for (const [u, v] of points) {
        pen.beginPath();
        pen.arc(x(u), y(v), r, 0, 2 * Math.PI);
        pen.fill();
      }
    };
    if (shown.data) dots(data, third, 0.75, 1.5);
    dots(samples, ink, 0.85, 1.9);

    const circle = ([a, b]) =>
      polyline(Array.from({ length: 41 }, (_, k) => {
        const angle = (2 * Math.PI * k) / 40;
        return [x(a + 3 * std * Math.cos(angle)), y(b + 3 * std * Math.sin(angle))];
      }));
    rings.setAttribute("d", centers.map(circle).join(""));

    const tips = !shown.push ? [] : samples.slice(0, 90).map(([u, v]) => {
      const [du, dv] = push(score, kind, [u, v]);
      const length = Math.hypot(du, dv);
      const reach = Math.min(0.9, 2 * length) / Math.max(length, 1e-12);
      const [p, q] = [x(u), y(v)];
      const [s, t] = [x(u + reach * du), y(v + reach * dv)];
      const [a, b] = [0.3 * (p - s), 0.3 * (q - t)];
      return polyline([[p, q], [s, t], [s + a - b * 0.6, t + b + a * 0.6], [s, t], [s + a + b * 0.6, t + b - a * 0.6]]);
    });
    arrows.setAttribute("d", tips.join("") || "M0 0");
    describe(samples, score, kind);
  }

  function describe(samples, score, kind) {
    const [found, near] = modes(samples, centers, std);
    const at = (points) => points.map((p) => score(p)[0]);
    const [real, fake] = [at(data), at(samples)];
    const label = ({ name, value }, text, number) => {
      name.replaceChildren(...prose(text));
      value.textContent = number;
    };
    out.step.value.textContent = run().steps[place()];
    out.found.value.textContent = `${found} / ${centers.length}`;
    out.near.value.textContent = `${format(100 * near, 1)} %`;
    if (kind === "gan") {
      label(out.real, "$D$ trung bình trên dữ liệu", format(mean(real.map(sigmoid))));
      label(out.fake, "$D$ trung bình trên mẫu", format(mean(fake.map(sigmoid))));
      const log = (v) => -Math.log1p(Math.exp(-Math.abs(v))) + Math.min(v, 0); // log σ
      label(out.value, "giá trị trò chơi $V$ (nat)", format(mean(real.map(log)) + mean(fake.map((v) => log(-v)))));
      legend.textContent = "Cam: bộ phân biệt cho là thật, D > ½. Xanh: cho là giả. Chấm lục: dữ liệu.";
    } else {
      label(out.real, "điểm trung bình của dữ liệu", format(mean(real) - mean(fake)));
      label(out.fake, "điểm trung bình của mẫu", format(0));
      label(out.value, "ước lượng $W_1$ (hiệu hai điểm)", format(mean(real) - mean(fake)));
      legend.textContent =
        "Điểm của hàm phê bình chỉ có nghĩa qua hiệu; ở đây lấy mẫu làm mốc 0. Cam: điểm cao. Chấm lục: dữ liệu.";
    }
    caption.textContent = `${run().name}, sau ${run().steps[place()]} bước: ${found} trên ${centers.length} mode.`;
  }

  function draw() {
    markRun(run().name);
    setAttributes(slider, { max: last() });
    slider.value = place();
    slider.setAttribute("aria-valuetext", `bước ${run().steps[place()]}`);
    back.disabled = place() === 0;
    next.disabled = place() === last();
    drawFigure();
  }

  const listeners = [["change:run", once(draw)], ["change:place", once(draw)]];
  for (const [name, listener] of listeners) model.on(name, listener);
  const stops = [onWidth(root, draw), onTheme(drawFigure)];
  return () => {
    halt();
    stops.forEach((stop) => stop());
    for (const [name, listener] of listeners) model.off(name, listener);
  };
}

export default { render };
