// PixelCNN tính ngay trong trang: vẽ một chữ số từng điểm, cùng phân phối của điểm kế tiếp.

const HINT = "Bấm một điểm để ghim (đầy mực, trống, rồi bỏ ghim); bấm một cột để tự chọn điểm kế.";
const LATER = "Điểm ghim ở phía sau không ảnh hưởng những điểm vẽ trước nó: mô hình chỉ nhìn về trước.";

/** Tích chập giữ nguyên cỡ trên (kênh, h, w); `left`, `top` là số cột, hàng lề thêm vào. */
function convolve({ weight, bias }, x, h, w, left = 0, top = 0) {
  const [outputs, inputs, rows, columns] = weight.shape;
  const k = weight.values;
  const result = new Float64Array(outputs * h * w);
  for (let o = 0; o < outputs; o++) {
    for (let r = 0; r < h; r++) {
      for (let c = 0; c < w; c++) {
        let sum = bias[o];
        for (let a = Math.max(0, top - r); a < rows && r + a - top < h; a++) {
          for (let b = Math.max(0, left - c); b < columns && c + b - left < w; b++) {
            let from = (r + a - top) * w + c + b - left;
            let at = (o * inputs * rows + a) * columns + b;
            for (let i = 0; i < inputs; i++, from += h * w, at += rows * columns) {
              sum += k[at] * x[from];
            }
          }
        }
        result[(o * h + r) * w + c] = sum;
      }
    }
  }
  return result;
}

const add = (a, b) => a.map((v, i) => v + b[i]);
const sigmoid = (v) => 1 / (1 + Math.exp(-v));

/** Nửa số kênh là nội dung, nửa kia là cổng. */
function gate(a) {
  const half = a.length / 2;
  return a.slice(0, half).map((v, i) => Math.tanh(v) * sigmoid(a[half + i]));
}

/** Mô hình tính được từ dạng xuất của Python: `logits(x, i)` cho điểm thứ i của ảnh x. */
export function buildPixelCNN(spec) {
  const { height, width, levels, reach } = spec;
  const [enterV, enterH] = [spec.enter_v, spec.enter_h].map(unpackLayer);
  const [hidden, last] = spec.head.map(unpackLayer);
  const layers = spec.layers.map((layer) =>
    Object.fromEntries(Object.entries(layer).map(([key, part]) => [key, unpackLayer(part)])),
  );
  const position = unpackHalf(spec.position);
  const channels = position.shape[0];

  function logits(x, i) {
    const [row, column] = [Math.floor(i / width), i % width];
    const h = row + 1; // những hàng dưới chưa vẽ, không ai nhìn xuống
    const size = h * width;
    // Hai kênh: giá trị trong [−1, 1], và số 1 để phân biệt lề với điểm trống.
    const down = new Float64Array(2 * size); // ảnh dịch xuống một hàng
    const right = new Float64Array(2 * size); // ảnh dịch sang phải một cột
    const place = new Float64Array(channels * size);
    for (let r = 0; r < h; r++) {
      for (let c = 0; c < width; c++) {
        const here = r * width + c;
        const value = (j) => (2 * (x[j] ?? 0)) / (levels - 1) - 1;
        if (r > 0) [down[here], down[size + here]] = [value(here - width), 1];
        if (c > 0) [right[here], right[size + here]] = [value(here - 1), 1];
        for (let k = 0; k < channels; k++) {
          place[k * size + here] = position.values[(k * height + r) * width + c];
        }
      }
    }
    let v = add(convolve(enterV, down, h, width), place);
    let s = add(convolve(enterH, right, h, width), place);
    for (const layer of layers) {
      const a = convolve(layer.vertical, v, h, width, reach, reach);
      const b = add(convolve(layer.horizontal, s, h, width, reach), convolve(layer.link, a, h, width));
      v = add(v, gate(a));
      s = add(s, convolve(layer.out, gate(b), h, width));
    }
    const relu = (u) => Math.max(0, u);
    const at = Float64Array.from({ length: channels }, (_, k) => relu(s[k * size + row * width + column]));
    return convolve(last, convolve(hidden, at, 1, 1).map(relu), 1, 1);
  }

  return { height, width, levels, logits };
}

function render({ model, el }) {
  const root = figureRoot(el, model, "lf-pixels");
  const net = buildPixelCNN(model.get("network"));
  const { height, width, levels } = net;
  const total = height * width;
  const save = saver(model);
  const change = (values) => {
    for (const [key, value] of Object.entries(values)) model.set(key, value);
    save();
  };

  const buttons = html("div", { class: "lf-buttons" });
  const button = (text, label, press) => {
    const node = html("button", { type: "button", "aria-label": label }, text);
    if (press) node.addEventListener("click", press);
    buttons.append(node);
    return node;
  };
  const play = button("Chạy", "Chạy hoặc dừng");
  const step = button("Vẽ một điểm", "Vẽ một điểm", () => (halt(), advance()));
  button("Vẽ lại", "Xóa và vẽ lại cùng các số ngẫu nhiên", () => (halt(), change({ drawn: [] })));
  button("Ảnh khác", "Xóa và đổi các số ngẫu nhiên", () => {
    halt();
    change({ drawn: [], seed: model.get("seed") + 1 });
  });
  const sliders = html("div", { class: "lf-sliders" });
  root.append(buttons, sliders);
  const setTemperature = slider(sliders, "Nhiệt độ", { min: 0, max: 2, step: 0.05 }, (temperature) =>
    change({ temperature }),
  );
  const body = html("div", { class: "lf-body" });
  const left = html("div");
  const side = html("div");
  body.append(left, side);
  root.append(body);

  // Ảnh
  const cell = 36;
  const margin = 3;
  const box = [width * cell + 2 * margin, height * cell + 2 * margin];
  const picture = svg(left, "svg", {
    viewBox: `0 0 ${box[0]} ${box[1]}`,
    style: `width: 100%; max-width: ${box[0]}px; height: auto; margin: 0 auto`,
    role: "group",
    "aria-label": "Ảnh đang vẽ",
  });
  const at = (i) => ({ x: margin + (i % width) * cell, y: margin + Math.floor(i / width) * cell });
  const square = { width: cell, height: cell };
  const cells = Array.from({ length: total }, (_, i) => {
    svg(picture, "rect", { class: "lf-paper", ...at(i), ...square });
    return svg(picture, "rect", { ...at(i), ...square, role: "button" });
  });
  const frame = `M${margin} ${margin}h${width * cell}v${height * cell}h${-width * cell}z`;
  svg(picture, "path", { class: "lf-frame", d: frame });
  const next = svg(picture, "rect", { class: "lf-next", ...square });
  const pinMarks = svg(picture, "g");
  const hint = html("p", { class: "lf-hint", "aria-live": "polite" }, HINT);
  left.append(hint);

  // Phân phối của điểm kế
  const chart = { width: 380, height: 190, left: 6, top: 14, bottom: 160 };
  side.append(html("div", { class: "lf-label" }, "Xác suất của từng mức ở điểm kế (nét đứt: khi T = 1)"));
  const plot = svg(side, "svg", {
    viewBox: `0 0 ${chart.width} ${chart.height}`,
    style: "width: 100%; height: auto",
    role: "group",
    "aria-label": "Phân phối của điểm kế",
  });
  const barWidth = (chart.width - 2 * chart.left) / levels;
  const bars = Array.from({ length: levels }, (_, level) => {
    const bar = svg(plot, "g", { class: "lf-bar", role: "button" });
    const x = chart.left + level * barWidth;
    const hit = { x, y: chart.top, width: barWidth, height: chart.bottom - chart.top };
    svg(bar, "rect", { class: "lf-hit", ...hit });
    const value = svg(bar, "rect", { class: "lf-value", x: x + 2, width: barWidth - 4 });
    const raw = svg(bar, "rect", { class: "lf-raw", x: x + 2, width: barWidth - 4 });
    if (level % 4 === 0) {
      const name = { x: x + barWidth / 2, y: chart.bottom + 15, "text-anchor": "middle" };
      svg(bar, "text", name).textContent = level;
    }
    return { bar, value, raw };
  });
  svg(plot, "path", { class: "lf-axis", d: `M${chart.left} ${chart.bottom}H${chart.width - chart.left}` });
  const end = { x: chart.width - chart.left, y: chart.height - 1, "text-anchor": "end" };
  svg(plot, "text", end).textContent = `mức mực (0: trống, ${levels - 1}: đầy)`;

  const row = readout(side);
  const out = {
    count: row("số điểm đã vẽ", "lf-gap"),
    entropy: row("entropy của điểm kế (nat)"),
    last: row("$log p$ của điểm vừa vẽ (nat)"),
    sum: row("$log p$ của phần đã vẽ (nat)", "lf-sum"),
  };

  // Logit của điểm thứ i chỉ phụ thuộc các điểm trước nó: tính một lần cho mỗi phần đầu của ảnh.
  const known = new Map();
  const logitsAt = (drawn, i) => {
    const key = drawn.slice(0, i).join(",");
    if (!known.has(key)) known.set(key, net.logits(drawn, i));
    return known.get(key);
  };
  const logP = (drawn, i) => Math.log(probabilities(logitsAt(drawn, i))[drawn[i]]);

  function put(value) {
    change({ drawn: [...model.get("drawn"), value] });
  }

  function advance() {
    const drawn = model.get("drawn");
    const i = drawn.length;
    if (i >= total) return false;
    const pinned = model.get("pins").find(([place]) => place === i);
    const p = probabilities(logitsAt(drawn, i), model.get("temperature"));
    put(pinned ? pinned[1] : pick(p, uniform(model.get("seed"), i)));
    return i + 1 < total;
  }
  const halt = player(play, 70, advance);

  roving(cells, width, (i) => {
    halt();
    const pins = new Map(model.get("pins"));
    if (!pins.has(i)) pins.set(i, levels - 1);
    else if (pins.get(i) > 0) pins.set(i, 0);
    else pins.delete(i);
    const drawn = model.get("drawn");
    hint.textContent = i > drawn.length ? LATER : HINT;
    // Điểm đã vẽ mà đổi thì mọi điểm sau nó phải vẽ lại.
    change({ pins: [...pins].sort((a, b) => a[0] - b[0]), drawn: drawn.slice(0, Math.min(i, drawn.length)) });
  });
  roving(bars.map(({ bar }) => bar), 1, (level) => {
    halt();
    if (model.get("drawn").length < total) put(level);
  });

  function draw() {
    const drawn = model.get("drawn");
    const pins = new Map(model.get("pins"));
    const i = drawn.length;
    cells.forEach((node, j) => {
      const value = drawn[j] ?? pins.get(j);
      node.setAttribute("class", `lf-cell ${value === undefined ? "lf-blank" : "lf-drawn"}`);
      node.setAttribute("fill-opacity", value === undefined ? 1 : value / (levels - 1));
      const state = value === undefined ? "chưa vẽ" : `mức ${value}${pins.has(j) ? ", đã ghim" : ""}`;
      const place = `Hàng ${Math.floor(j / width) + 1}, cột ${(j % width) + 1}`;
      node.setAttribute("aria-label", `${place}: ${state}`);
    });
    pinMarks.replaceChildren();
    for (const j of pins.keys()) {
      const { x, y } = at(j);
      svg(pinMarks, "circle", { class: "lf-pin", cx: x + cell - 8, cy: y + 8, r: 4.5 });
    }
    setAttributes(next, { ...at(Math.min(i, total - 1)), display: i < total ? null : "none" });
    step.disabled = i >= total;
    setTemperature(model.get("temperature"));

    const logits = i < total ? logitsAt(drawn, i) : null;
    const raw = logits ? probabilities(logits) : bars.map(() => 0);
    const p = logits ? probabilities(logits, model.get("temperature")) : raw;
    const scale = (chart.bottom - chart.top) / Math.max(0.15, ...p, ...raw);
    bars.forEach(({ bar, value, raw: outline }, level) => {
      const span = (v) => ({ y: chart.bottom - v * scale, height: v * scale });
      setAttributes(value, span(p[level]));
      setAttributes(outline, span(raw[level]));
      bar.setAttribute("aria-label", `Mức ${level}: ${percent(p[level])}`);
    });
    const entropy = -p.reduce((sum, v) => sum + (v > 0 ? v * Math.log(v) : 0), 0);
    out.count.value.textContent = `${i} / ${total}`;
    out.entropy.value.textContent = logits ? format(entropy) : "—";
    out.last.value.textContent = i ? format(logP(drawn, i - 1)) : "—";
    out.sum.value.textContent = format(drawn.reduce((sum, _, j) => sum + logP(drawn, j), 0));
  }

  const redraw = once(draw);
  const keys = ["drawn", "pins", "seed", "temperature"].map((k) => `change:${k}`).join(" ");
  model.on(keys, redraw);
  const stop = onWidth(root, () => {
    root.classList.toggle("lf-wide", root.clientWidth >= 640);
    draw();
  });
  return () => {
    halt();
    stop();
    model.off(keys, redraw);
  };
}

export default { render };
