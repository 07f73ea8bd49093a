// Lưới hai chiều bị một luồng đã huấn luyện uốn từng tầng; trọng số đi theo hình, tính trong trang.

const RADIUS = 3; // lưới phủ [−3, 3]²
const CELLS = 36; // số ô mỗi cạnh; cứ 3 ô một đường lưới
const STRIDE = 3;
const DEPTH = 4; // mỗi ô chia đôi nhiều nhất bấy nhiêu lần

function unpack({ shape, data }) {
  const bytes = Uint8Array.from(atob(data), (c) => c.charCodeAt(0));
  const view = new DataView(bytes.buffer);
  const values = Float64Array.from({ length: bytes.length / 4 }, (_, i) => view.getFloat32(4 * i, true));
  return { shape, values };
}

/** Perceptron ReLU với một đầu vào: số -> mảng số. */
function network(layers) {
  const parts = layers.map(({ weight, bias }) => ({
    rows: weight.shape[0],
    columns: weight.shape[1],
    weight: unpack(weight).values,
    bias: unpack(bias).values,
    output: new Float64Array(weight.shape[0]),
  }));
  const first = new Float64Array(1);
  return (value) => {
    first[0] = value;
    let input = first;
    parts.forEach(({ rows, columns, weight, bias, output }, k) => {
      for (let r = 0; r < rows; r++) {
        let sum = bias[r];
        for (let c = 0, w = r * columns; c < columns; c++, w++) sum += weight[w] * input[c];
        output[r] = k < parts.length - 1 && sum < 0 ? 0 : sum;
      }
      input = output;
    });
    return input;
  };
}

/** Mỗi loại tầng: `forward` và `inverse` nhận [a, b], trả [a′, b′, log|det|]. */
const KINDS = {
  affine_coupling({ net, max_log_scale: c }) {
    const evaluate = network(net);
    const scaleAndShift = (a) => {
      const [raw, shift] = evaluate(a);
      return [c * Math.tanh(raw / c), shift];
    };
    return {
      forward([a, b]) {
        const [s, m] = scaleAndShift(a);
        return [a, Math.exp(s) * b + m, s];
      },
      inverse([a, b]) {
        const [s, m] = scaleAndShift(a);
        return [a, (b - m) * Math.exp(-s), -s];
      },
    };
  },
  additive_coupling({ net }) {
    const evaluate = network(net);
    return {
      forward: ([a, b]) => [a, b + evaluate(a)[0], 0],
      inverse: ([a, b]) => [a, b - evaluate(a)[0], 0],
    };
  },
  permutation({ order: [i, j] }) {
    // Với hai tọa độ, hoán vị nào cũng là nghịch đảo của chính nó.
    const swap = (p) => [p[i], p[j], 0];
    return { forward: swap, inverse: swap };
  },
  affine({ log_scale: [s1, s2], shift: [m1, m2] }) {
    return {
      forward: ([a, b]) => [a * Math.exp(s1) + m1, b * Math.exp(s2) + m2, s1 + s2],
      inverse: ([a, b]) => [(a - m1) * Math.exp(-s1), (b - m2) * Math.exp(-s2), -s1 - s2],
    };
  },
  linear({ weight: [[w11, w12], [w21, w22]], shift: [m1, m2] }) {
    const det = w11 * w22 - w12 * w21;
    const log = Math.log(Math.abs(det));
    return {
      forward: ([a, b]) => [w11 * a + w12 * b + m1, w21 * a + w22 * b + m2, log],
      inverse([a, b]) {
        const [p, q] = [a - m1, b - m2];
        return [(w22 * p - w12 * q) / det, (w11 * q - w21 * p) / det, -log];
      },
    };
  },
};

/** Các tầng tính được từ dạng xuất của Python. */
export const buildLayers = (layers) => layers.map((layer) => KINDS[layer.kind](layer));

/** z -> [x₁, x₂, log|det ∂x/∂z|] qua các tầng. */
export function forward(layers, z) {
  let point = [z[0], z[1]];
  let total = 0;
  for (const layer of layers) {
    const [a, b, logDet] = layer.forward(point);
    point = [a, b];
    total += logDet;
  }
  return [...point, total];
}

/** x -> [z₁, z₂, log|det ∂z/∂x|] qua các tầng. */
export function inverse(layers, x) {
  let point = [x[0], x[1]];
  let total = 0;
  for (const layer of [...layers].reverse()) {
    const [a, b, logDet] = layer.inverse(point);
    point = [a, b];
    total += logDet;
  }
  return [...point, total];
}

/** Các bước để xem: mỗi bước là một tầng, trừ hoán vị, vốn chỉ đổi tên hai trục.
 *
 * Hình giữ nguyên trục của x: mọi hoán vị còn ở phía sau được áp ngay khi vẽ, nên nó không
 * làm hình lật qua lật lại. `swapped`: đang phải đổi chỗ hai tọa độ khi vẽ. */
export function viewSteps(specs) {
  let swapped = false;
  const steps = [];
  for (let i = specs.length - 1; i >= 0; i--) {
    const { kind, order } = specs[i];
    if (kind === "permutation") {
      if (order[0] === 1) swapped = !swapped;
    } else steps.unshift({ kind, end: i + 1, swapped });
  }
  return [{ kind: "base", end: 0, swapped }, ...steps];
}

const AXIS = (swapped) => (swapped ? ["dọc", "ngang"] : ["ngang", "dọc"]);
const DESCRIBE = {
  base: () => "phân phối cơ sở N(0, I), lưới còn vuông",
  affine_coupling: ([keep, move]) =>
    `ghép cặp affine: giữ tọa độ ${keep}, co giãn và dịch tọa độ ${move}`,
  additive_coupling: ([keep, move]) => `ghép cặp cộng: giữ tọa độ ${keep}, dịch tọa độ ${move}`,
  affine: () => "co giãn và dịch riêng từng trục",
  linear: () => "ánh xạ tuyến tính khả nghịch",
};

const logBase = ([a, b]) => logNormal(a) + logNormal(b);
const mix = (a, b, t) => a + (b - a) * t;
const pair = ([a, b]) => `(${format(a)}; ${format(b)})`;

function render({ model, el }) {
  const root = figureRoot(el, model, "lf-flow");
  const specs = model.get("layers");
  const layers = buildLayers(specs);
  const steps = viewSteps(specs);
  const last = steps.length - 1;
  const prefix = steps.map(({ end }) => layers.slice(0, end));
  const save = saver(model);
  const change = (values) => {
    for (const [key, value] of Object.entries(values)) model.set(key, value);
    save();
  };
  const currentStep = () => (model.get("step") < 0 ? last : clamp(model.get("step"), 0, last));
  const toView = (k, [a, b]) => (steps[k].swapped ? [b, a] : [a, b]);

  /** Ảnh của một điểm z ở mọi bước: [u, v, log|det|] mỗi bước. */
  const journey = (z) => {
    let [point, total, done] = [z, 0, 0];
    return steps.map(({ end }, k) => {
      const [a, b, logDet] = forward(layers.slice(done, end), point);
      [point, total, done] = [[a, b], total + logDet, end];
      return [...toView(k, point), total];
    });
  };

  const noise = model.get("noise");
  const samples = noise.map(journey);
  const data = model.get("data");
  // Mỗi bước một khung nhìn vuông đủ chứa mẫu: tâm và nửa cạnh.
  const views = steps.map((_, k) => {
    if (k === 0) return [0, 0, 3.4];
    const spans = [0, 1].map((axis) => {
      const sorted = samples.map((p) => p[k][axis]).sort((p, q) => p - q);
      return [sorted[Math.floor(0.005 * sorted.length)], sorted[Math.floor(0.995 * sorted.length)]];
    });
    const half = 0.58 * Math.max(...spans.map(([low, high]) => high - low));
    return [...spans.map(([low, high]) => (low + high) / 2), half];
  });

  /** Hai điểm kề nhau bị một bước nào đó kéo ra xa nhau trên hình. */
  const far = (p, q) =>
    views.some(([, , r], k) => Math.hypot(p[k][0] - q[k][0], p[k][1] - q[k][1]) > 0.13 * r);

  // Mọi điểm của lưới nằm trên một lưới nguyên rất mịn, mỗi điểm chỉ tính một lần.
  // Nơi luồng kéo giãn thì lấy điểm dày hơn, kẻo nét đi tắt và hai đường trông như cắt nhau.
  const FINE = 2 ** DEPTH;
  const paths = []; // đường đi của mỗi điểm qua các bước
  const known = new Map(); // vị trí trên lưới mịn -> số thứ tự của điểm
  const vertex = (i, j) => {
    const key = i * (CELLS * FINE + 1) + j;
    if (!known.has(key)) {
      known.set(key, paths.length);
      paths.push(journey([i, j].map((n) => ((2 * n) / (CELLS * FINE) - 1) * RADIUS)));
    }
    return known.get(key);
  };
  const trace = (at) => {
    const points = [at(0)];
    const fill = (a, b) => {
      if (b - a > 1 && far(paths[at(a)], paths[at(b)])) {
        fill(a, (a + b) / 2);
        fill((a + b) / 2, b);
      } else points.push(at(b));
    };
    for (let i = 0; i < CELLS; i++) fill(i * FINE, (i + 1) * FINE);
    return points;
  };
  const lines = [];
  for (let c = 0; c <= CELLS * FINE; c += STRIDE * FINE) {
    lines.push(trace((n) => vertex(n, c)), trace((n) => vertex(c, n)));
  }
  const center = CELLS / STRIDE; // hai đường qua gốc: lines[center], lines[center + 1]

  const cells = [];
  const split = (i, j, size) => {
    const corners = [[i, j], [i + size, j], [i + size, j + size], [i, j + size]].map((c) => vertex(...c));
    // Ở đuôi màu nhạt, không cần chia.
    const visible = corners.some((p) => Math.hypot(paths[p][0][0], paths[p][0][1]) < 2.4);
    const stretched = () => corners.some((p, n) => far(paths[p], paths[corners[(n + 1) % 4]]));
    if (size > FINE / 8 && visible && stretched()) {
      const half = size / 2;
      for (const [di, dj] of [[0, 0], [half, 0], [half, half], [0, half]]) split(i + di, j + dj, half);
    } else cells.push(corners);
  };
  for (let i = 0; i < CELLS; i++) for (let j = 0; j < CELLS; j++) split(i * FINE, j * FINE, FINE);

  // Thanh bước
  const bar = html("div", { class: "lf-steps" });
  const button = (text, label) => html("button", { type: "button", "aria-label": label }, text);
  const back = button("‹", "Lùi một tầng");
  const next = button("›", "Tiến một tầng");
  const play = button("Chạy", "Chạy từ cơ sở đến dữ liệu");
  const slider = html("input", { type: "range", min: 0, max: last, step: 1, "aria-label": "Tầng" });
  bar.append(back, slider, next, play);
  const caption = html("p", { class: "lf-caption", "aria-live": "polite" });
  root.append(bar, caption);
  const go = (k) => change({ step: clamp(k, 0, last) });
  back.addEventListener("click", () => (halt(), go(currentStep() - 1)));
  next.addEventListener("click", () => (halt(), go(currentStep() + 1)));
  slider.addEventListener("input", () => (halt(), go(Number(slider.value))));

  let timer = null;
  function halt() {
    clearTimeout(timer);
    timer = null;
    play.textContent = "Chạy";
  }
  play.addEventListener("click", () => {
    if (timer) return halt();
    go(currentStep() === last ? 0 : currentStep());
    play.textContent = "Dừng";
    const advance = () => {
      go(currentStep() + 1);
      if (currentStep() === last) halt();
      else timer = setTimeout(advance, 900);
    };
    timer = setTimeout(advance, 600);
  });

  // Hai khung
  const panels = html("div", { class: "lf-panels" });
  root.append(panels);
  const makePanel = (className, label) => {
    const box = html("div", { class: `lf-panel ${className}` });
    const canvas = html("canvas", { "aria-hidden": "true" });
    box.append(canvas);
    panels.append(box);
    const picture = svg(box, "svg", { role: "group", "aria-label": label });
    const axes = svg(picture, "g");
    const { group: inside, cut } = clipped(picture);
    const lines = svg(inside, "path", { class: "lf-mesh" });
    const axis1 = svg(inside, "path", { class: "lf-lines-1" });
    const axis2 = svg(inside, "path", { class: "lf-lines-2" });
    const trail = svg(inside, "path", { class: "lf-trail" });
    const handle = svg(picture, "g", {
      class: "lf-handle",
      tabindex: 0,
      role: "slider",
      "aria-roledescription": "điểm hai chiều",
      "aria-label": `Điểm trong ${label}`,
      "aria-valuemin": 0,
      "aria-valuemax": 1,
      "aria-valuenow": 0,
    });
    svg(handle, "circle", { class: "lf-target", r: 20 });
    svg(handle, "circle", { class: "lf-ring", r: 11 });
    svg(handle, "circle", { class: "lf-dot", r: 7 });
    return { box, canvas, picture, cut, axes, lines, axis1, axis2, trail, handle };
  };
  const left = makePanel("lf-panel-z", "không gian z");
  const right = makePanel("lf-panel-x", "không gian x");

  // Chân hình: lựa chọn và con số
  const foot = html("div", { class: "lf-foot" });
  const controls = html("div");
  foot.append(controls);
  root.append(foot);
  controls.append(html("div", { class: "lf-label" }, "Tô màu theo"));
  const markColor = choice(
    controls,
    "Tô màu theo",
    [
      ["density", "mật độ"],
      ["log_det", math("log |det|")],
    ],
    (color) => change({ color }),
  );
  const options = html("div", { class: "lf-options" });
  controls.append(options);
  const shown = { samples: false, data: false };
  const toggle = (key, label) => {
    const input = html("input", { type: "checkbox" });
    input.addEventListener("change", () => ((shown[key] = input.checked), draw()));
    options.append(html("label", {}, input, label));
  };
  toggle("samples", "hiện mẫu");
  if (data.length) toggle("data", "hiện dữ liệu");
  const legend = html("p", { class: "lf-hint" });
  controls.append(legend);

  const row = readout(foot);
  const say = ({ name, value }, label, text) => {
    if (name.dataset.label !== label) {
      name.dataset.label = label;
      name.replaceChildren(math(label));
    }
    value.textContent = text;
  };
  const out = {
    z: row("", "lf-is-z"),
    x: row("", "lf-is-x"),
    logZ: row("", "lf-gap"),
    logDet: row(),
    logX: row("", "lf-sum lf-log-x"),
  };

  // Kéo điểm ở bên nào cũng được
  const scales = {};
  const moveZ = (z) => change({ point: z.map((v) => +clamp(v, -3.3, 3.3).toFixed(4)) });
  const moveX = (u) => {
    const k = currentStep();
    const target = toView(k, within(views[k], u));
    change({ point: inverse(prefix[k], target).slice(0, 2) });
  };
  const within = ([cx, cy, r], [u, v]) => [clamp(u, cx - r, cx + r), clamp(v, cy - r, cy + r)];
  const viewPoint = (k) => toView(k, forward(prefix[k], model.get("point")));
  const invert = ({ x, y }, px, py) => [x.invert(px), y.invert(py)];
  draggable(left.handle, left.picture, { move: (px, py) => moveZ(invert(scales.z, px, py)) });
  draggable(right.handle, right.picture, {
    start: () => (halt(), settle()),
    move: (px, py) => moveX(invert(scales.x, px, py)),
  });
  arrowKeys(left.handle, (dx, dy) => {
    const [a, b] = model.get("point");
    moveZ([a + 0.05 * dx, b + 0.05 * dy]);
  });
  arrowKeys(right.handle, (dx, dy) => {
    settle();
    const k = currentStep();
    const [a, b] = viewPoint(k);
    moveX([a + 0.015 * views[k][2] * dx, b + 0.015 * views[k][2] * dy]);
  });

  function drawPanel(panel, size, [cx, cy, radius], k, names, color) {
    const margin = 28;
    const [low, high] = [6, size - margin + 6];
    const x = linear([cx - radius, cx + radius], [margin, margin + high - low]);
    const y = linear([cy - radius, cy + radius], [high, low]);
    setAttributes(panel.picture, { width: size, height: size, viewBox: `0 0 ${size} ${size}` });
    panel.cut(margin, low, high - low, high - low);
    panel.axes.replaceChildren();
    const text = (value, attributes) =>
      (svg(panel.axes, "text", attributes).textContent = tickLabel(value));
    // Chỗ cuối trục dành cho tên trục.
    for (const v of ticks(cx - radius, cx + radius, 5)) {
      if (x(v) < high - low) text(v, { x: x(v), y: high + 16, "text-anchor": "middle" });
    }
    for (const v of ticks(cy - radius, cy + radius, 5)) {
      if (y(v) > low + 26) text(v, { x: margin - 5, y: y(v) + 4, "text-anchor": "end" });
    }
    svg(panel.axes, "rect", { class: "lf-frame", x: margin, y: low, width: high - low, height: high - low });
    const end = { "text-anchor": "end", class: names[2] };
    svgMath(panel.axes, names[0], { x: margin + high - low, y: high + 16, ...end });
    svgMath(panel.axes, names[1], { x: margin - 6, y: low + 12, ...end });

    const now = paths.map((p) => between(p, k));
    const places = now.map(([u, v]) => [x(u), y(v)]);
    const drawn = lines.map((line) => polyline(line.map((p) => places[p])));
    panel.lines.setAttribute("d", drawn.join(""));
    panel.axis1.setAttribute("d", drawn[center]);
    panel.axis2.setAttribute("d", drawn[center + 1]);
    paint(panel.canvas, size, [margin, low, high - low], now, places, color);
    return { x, y };
  }

  /** Vị trí và log|det| của một điểm ở bước k, kể cả khi đang chuyển giữa hai bước. */
  function between(p, k) {
    const k0 = Math.floor(k);
    return k0 === k ? p[k] : p[k0].map((v, i) => mix(v, p[k0 + 1][i], k - k0));
  }

  /** Một màu của giao diện, ba số 0..255. */
  function themeColor(name) {
    const hex = getComputedStyle(root).getPropertyValue(`--lf-${name}`).trim();
    return [1, 3, 5].map((i) => parseInt(hex.slice(i, i + 2), 16));
  }

  /** Tô từng ô của lưới theo mật độ hay log|det| trung bình ở bốn góc. */
  function paint(canvas, size, [left, top, side], now, places, color) {
    const ratio = window.devicePixelRatio || 1;
    canvas.width = canvas.height = Math.round(size * ratio);
    const pen = canvas.getContext("2d");
    pen.scale(ratio, ratio);
    pen.beginPath();
    pen.rect(left, top, side, side);
    pen.clip();
    pen.lineWidth = 0.6;
    const [surface, hue, expand, shrink] = ["surface", color, "z", "x"].map(themeColor);
    const byDensity = model.get("color") === "density";
    const atPoint = now.map(([, , logDet], p) => (byDensity ? logBase(paths[p][0]) - logDet : logDet));
    const values = cells.map(([a, b, c, d]) => (atPoint[a] + atPoint[b] + atPoint[c] + atPoint[d]) / 4);
    const most = values.reduce(
      (a, v) => Math.max(a, byDensity ? v : Math.abs(v)),
      byDensity ? -Infinity : 0.5,
    );
    cells.forEach((corners, n) => {
      const v = values[n];
      const strength = byDensity ? Math.exp(0.55 * (v - most)) : Math.abs(v) / most;
      if (strength < 0.01) return;
      // Màu đặc, viền cùng màu: hai ô kề nhau không để lộ khe.
      const ink = byDensity ? hue : v > 0 ? expand : shrink;
      pen.fillStyle = `rgb(${ink.map((c, i) => Math.round(mix(surface[i], c, 0.92 * strength)))})`;
      pen.strokeStyle = pen.fillStyle;
      pen.beginPath();
      for (const p of corners) pen.lineTo(...places[p]);
      pen.closePath();
      pen.fill();
      pen.stroke();
    });
  }

  /** Vẽ các chấm tròn lên khung, sau khi đã tô. */
  function dots(panel, scale, points, color) {
    const pen = panel.canvas.getContext("2d");
    pen.fillStyle = `rgba(${themeColor(color)}, 0.6)`;
    for (const [u, v] of points) {
      pen.beginPath();
      pen.arc(scale.x(u), scale.y(v), 1.4, 0, 2 * Math.PI);
      pen.fill();
    }
  }

  let position = currentStep(); // bước đang vẽ, lẻ khi đang chuyển
  let frame = null;

  /** `all`: cả khung z, vốn không đổi khi chuyển tầng. */
  function drawFigure(all = true) {
    if (!panels.clientWidth) return; // đang ẩn
    const wide = root.clientWidth >= 560;
    root.classList.toggle("lf-wide", wide);
    const space = panels.clientWidth;
    const rightSize = wide ? Math.floor((space - 14) / 2) : Math.min(space, 420);
    const leftSize = wide ? rightSize : Math.round(0.68 * rightSize);
    const [k0, t] = [Math.floor(position), position - Math.floor(position)];
    const view = views[k0].map((v, i) => mix(v, views[Math.min(k0 + 1, last)][i], t));
    const symbol = currentStep() === last ? "x" : currentStep() === 0 ? "z" : "h";
    if (all) scales.z = drawPanel(left, leftSize, views[0], 0, ["z_1", "z_2", "lf-label-z"], "z");
    const names = [`${symbol}_1`, `${symbol}_2`, "lf-label-x"];
    scales.x = drawPanel(right, rightSize, view, position, names, "x");
    if (shown.samples) {
      if (all) dots(left, scales.z, noise, "ink");
      dots(right, scales.x, samples.map((p) => between(p, position)), "ink");
    }
    if (shown.data && position === last) dots(right, scales.x, data, "third");
    drawPoint();
  }

  function drawPoint() {
    if (!scales.x) return;
    const k = currentStep();
    const z = model.get("point");
    const points = journey(z);
    const [u, v] = between(points, position);
    const path = points.slice(0, Math.floor(position) + 1);
    right.trail.setAttribute(
      "d",
      polyline([...path, [u, v]].map(([p, q]) => [scales.x.x(p), scales.x.y(q)])),
    );
    const put = (panel, scale, point, view, text) => {
      const [px, py] = within(view, point);
      const place = `${scale.x(px).toFixed(2)} ${scale.y(py).toFixed(2)}`;
      setAttributes(panel.handle, { transform: `translate(${place})`, "aria-valuetext": text });
    };
    const x = forward(prefix[k], z);
    put(left, scales.z, z, views[0], `z = ${pair(z)}`);
    put(right, scales.x, [u, v], views[k], `x = ${pair(toView(k, x))}`);

    const image = k === last ? "x" : k === 0 ? "h_0" : `h_${k}`;
    const p = k === last ? "p_X" : k === 0 ? "p_Z" : `p_${k}`;
    say(out.z, "z", pair(z));
    say(out.x, k === last ? "x = f(z)" : image, pair(toView(k, x)));
    say(out.logZ, "log p_Z(z)", format(logBase(z), 3));
    say(out.logDet, `− log |det ∂${image}/∂z|`, format(-x[2], 3));
    say(out.logX, `log ${p}(${image})`, format(logBase(z) - x[2], 3));
  }

  function describe() {
    const k = currentStep();
    const { kind, swapped } = steps[k];
    caption.replaceChildren(
      html("strong", {}, k === 0 ? "Trước tầng 1" : `Sau tầng ${k}/${last}`),
      `: ${DESCRIBE[kind](AXIS(swapped))}.`,
    );
    slider.value = k;
    slider.setAttribute("aria-valuetext", caption.textContent);
    back.disabled = k === 0;
    next.disabled = k === last;
    markColor(model.get("color"));
    legend.textContent =
      model.get("color") === "density"
        ? "Càng đậm, mật độ càng cao."
        : "Cam: nén lại, log |det| < 0. Xanh: giãn ra, log |det| > 0.";
  }

  function settle() {
    cancelAnimationFrame(frame);
    frame = null;
    if (position === currentStep()) return;
    position = currentStep();
    drawFigure(false);
  }

  function animate() {
    describe();
    const target = currentStep();
    cancelAnimationFrame(frame);
    if (reducedMotion() || Math.abs(target - position) > 1.5) return settle();
    const [from, started] = [position, performance.now()];
    const tick = (now) => {
      const t = clamp((now - started) / 450, 0, 1);
      position = t < 1 ? mix(from, target, t * t * (3 - 2 * t)) : target;
      drawFigure(false);
      if (t < 1) frame = requestAnimationFrame(tick);
    };
    frame = requestAnimationFrame(tick);
  }

  function draw() {
    describe();
    drawFigure();
  }

  const listeners = [
    ["change:step", once(animate)],
    ["change:point", once(drawPoint)],
    ["change:color", once(draw)],
  ];
  for (const [name, listener] of listeners) model.on(name, listener);
  const stops = [onWidth(root, draw), onTheme(() => drawFigure())];
  return () => {
    halt();
    cancelAnimationFrame(frame);
    stops.forEach((stop) => stop());
    for (const [name, listener] of listeners) model.off(name, listener);
  };
}

export default { render };
