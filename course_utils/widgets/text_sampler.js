// GPT nhỏ tính ngay trong trang: câu văn dài ra từng chữ, cùng phân phối của chữ kế tiếp.

const ROWS = 12;
const LIMIT = 1200; // số chữ nhiều nhất trên trang
const HINT = "Bấm một dòng của biểu đồ để tự chọn chữ kế.";
const SHOWN = { " ": "␣", "\n": "↵" };

/** Tầng tuyến tính: vector -> vector. */
function linear1({ weight, bias }, x) {
  const [rows, columns] = weight.shape;
  const w = weight.values;
  const result = new Float64Array(rows);
  for (let r = 0, at = 0; r < rows; r++) {
    let sum = bias[r];
    for (let c = 0; c < columns; c++, at++) sum += w[at] * x[c];
    result[r] = sum;
  }
  return result;
}

function layerNorm({ weight, bias }, x) {
  const mean = x.reduce((a, b) => a + b, 0) / x.length;
  const variance = x.reduce((a, b) => a + (b - mean) ** 2, 0) / x.length;
  const scale = 1 / Math.sqrt(variance + 1e-5);
  return x.map((v, i) => (v - mean) * scale * weight.values[i] + bias[i]);
}

const gelu = (v) => 0.5 * v * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (v + 0.044715 * v ** 3)));
const sumOf = (a, b) => a.map((v, i) => v + b[i]);

/** Mô hình tính được từ dạng xuất của Python. `reader()` đọc từng ký hiệu và nhớ khóa, giá trị. */
export function buildGPT(spec) {
  const { context, levels, heads } = spec;
  const [token, position] = [spec.token, spec.position].map(unpackHalf);
  const width = token.shape[1];
  const [norm, head] = [spec.norm, spec.head].map(unpackLayer);
  const blocks = spec.blocks.map((block) =>
    Object.fromEntries(Object.entries(block).map(([key, part]) => [key, unpackLayer(part)])),
  );
  const size = width / heads;

  /** Trọng số tập trung của một truy vấn lên mọi khóa đã nhớ, rồi trung bình các giá trị. */
  function attend(q, keys, values) {
    const result = new Float64Array(width);
    for (let part = 0; part < heads; part++) {
      const from = part * size;
      const scores = keys.map((key) => {
        let dot = 0;
        for (let i = from; i < from + size; i++) dot += q[i] * key[i];
        return dot / Math.sqrt(size);
      });
      probabilities(scores).forEach((p, j) => {
        for (let i = from; i < from + size; i++) result[i] += p * values[j][i];
      });
    }
    return result;
  }

  function reader() {
    const memory = blocks.map(() => ({ keys: [], values: [] }));
    let read = 0;
    return (symbol) => {
      const row = (table, i) => table.values.slice(i * width, (i + 1) * width);
      let h = sumOf(row(token, symbol), row(position, read));
      read += 1;
      blocks.forEach((block, k) => {
        const qkv = linear1(block.qkv, layerNorm(block.norm1, h));
        memory[k].keys.push(qkv.slice(width, 2 * width));
        memory[k].values.push(qkv.slice(2 * width));
        const seen = attend(qkv.slice(0, width), memory[k].keys, memory[k].values);
        h = sumOf(h, linear1(block.out, seen));
        const inner = linear1(block.up, layerNorm(block.norm2, h)).map(gelu);
        h = sumOf(h, linear1(block.down, inner));
      });
      return linear1(head, layerNorm(norm, h));
    };
  }

  /** Theo một dãy dài dần: logit của ký hiệu kế, và giá −log p (nat) của từng ký hiệu đã có.
   *
   * Chỉ đọc phần mới. Cửa sổ đầy thì giữ nửa sau, như `generate` của Python. */
  function follower() {
    let past = null;
    return (tokens) => {
      if (past?.tokens.some((t, i) => t !== tokens[i])) past = null;
      for (let n = past ? past.tokens.length + 1 : 0; n <= tokens.length; n++) {
        const symbol = tokens[n - 1];
        const nats = past ? [...past.nats, -Math.log(probabilities(past.logits)[symbol])] : [];
        if (past && n - past.first < context) past.logits = past.read(symbol);
        else {
          const first = past ? n - Math.floor(context / 2) : 0;
          const read = reader();
          past = { first, read, logits: read(levels) };
          for (let i = first; i < n; i++) past.logits = read(tokens[i]);
        }
        past.nats = nats;
        past.tokens = tokens.slice(0, n);
      }
      return past;
    };
  }

  return { context, levels, reader, follower };
}

function render({ model, el }) {
  const root = figureRoot(el, model, "lf-text");
  const net = buildGPT(model.get("network"));
  const symbols = model.get("symbols");
  const index = new Map(symbols.map((symbol, i) => [symbol, i]));
  const encode = (text) => [...text].map((symbol) => index.get(symbol));
  const follow = net.follower();
  const save = saver(model);
  const change = (values) => {
    for (const [key, value] of Object.entries(values)) model.set(key, value);
    save();
  };

  const opening = html("input", { type: "text", maxlength: 200, "aria-label": "Lời mở đầu" });
  root.append(html("label", { class: "lf-opening" }, html("span", {}, "Lời mở đầu"), opening));
  const buttons = html("div", { class: "lf-buttons" });
  const button = (text, label, press) => {
    const node = html("button", { type: "button", "aria-label": label }, text);
    if (press) node.addEventListener("click", press);
    buttons.append(node);
    return node;
  };
  const play = button("Chạy", "Chạy hoặc dừng");
  const step = button("Viết một chữ", "Viết một chữ", () => (halt(), advance()));
  button("Viết lại", "Xóa và viết lại cùng các số ngẫu nhiên", () => (halt(), change({ text: "" })));
  button("Câu khác", "Xóa và đổi các số ngẫu nhiên", () => {
    halt();
    change({ text: "", seed: model.get("seed") + 1 });
  });
  const sliders = html("div", { class: "lf-sliders" });
  root.append(buttons, sliders);
  const setTemperature = slider(sliders, "Nhiệt độ", { min: 0, max: 2, step: 0.05 }, (temperature) =>
    change({ temperature }),
  );
  const setTopP = slider(sliders, "Top-p", { min: 0.05, max: 1, step: 0.05 }, (top_p) =>
    change({ top_p }),
  );
  const body = html("div", { class: "lf-body" });
  const left = html("div");
  const side = html("div");
  body.append(left, side);
  root.append(body);

  const page = html("div", { class: "lf-page", role: "log", "aria-label": "Đoạn văn", tabindex: 0 });
  const hint = html("p", { class: "lf-hint", "aria-live": "polite" }, HINT);
  const row = readout(left);
  left.prepend(page, hint);
  const out = {
    count: row("số chữ đã viết", "lf-gap"),
    entropy: row("entropy của chữ kế, trước khi chỉnh (nat)"),
    kept: row("số chữ còn lại sau khi cắt top-p"),
    mean: row("$−log p$ trung bình của phần đã viết (nat mỗi chữ)", "lf-sum"),
  };

  side.append(html("div", { class: "lf-label" }, "Chữ kế tiếp (nét đứt: khi T = 1, không cắt)"));
  const [chartWidth, line, start, room] = [300, 25, 30, 56];
  const height = ROWS * line + 6;
  const plot = svg(side, "svg", {
    viewBox: `0 0 ${chartWidth} ${height}`,
    style: `width: 100%; max-width: 400px; height: auto`,
    role: "group",
    "aria-label": "Phân phối của chữ kế",
  });
  const bars = Array.from({ length: ROWS }, (_, r) => {
    const bar = svg(plot, "g", { class: "lf-bar", role: "button" });
    const y = r * line + 3;
    svg(bar, "rect", { class: "lf-hit", x: 1, y, width: chartWidth - 2, height: line - 2 });
    const value = svg(bar, "rect", { class: "lf-value", x: start, y: y + 3, height: line - 8 });
    const raw = svg(bar, "rect", { class: "lf-raw", x: start, y: y + 3, height: line - 8 });
    const symbol = svg(bar, "text", { class: "lf-symbol", x: start - 8, y: y + 17, "text-anchor": "end" });
    const number = svg(bar, "text", { x: chartWidth - 3, y: y + 16, "text-anchor": "end" });
    return { bar, value, raw, symbol, number };
  });
  svg(plot, "path", { class: "lf-axis", d: `M${start} 2V${height - 2}` });

  const tokens = () => encode(model.get("prompt") + model.get("text"));
  let ranked = []; // ký hiệu theo xác suất giảm dần

  function advance() {
    const text = model.get("text");
    const written = [...text].length;
    if (written >= LIMIT) return false;
    const p = probabilities(follow(tokens()).logits, model.get("temperature"), model.get("top_p"));
    change({ text: text + symbols[pick(p, uniform(model.get("seed"), written))] });
    return written + 1 < LIMIT;
  }
  const halt = player(play, 45, advance);
  roving(bars.map(({ bar }) => bar), 1, (r) => {
    halt();
    if (ranked[r] !== undefined) change({ text: model.get("text") + symbols[ranked[r]] });
  });
  opening.addEventListener("input", () => {
    halt();
    const text = opening.value.normalize("NFC");
    const unknown = [...new Set(text)].filter((symbol) => !index.has(symbol));
    hint.classList.toggle("lf-active", unknown.length > 0);
    hint.textContent = unknown.length ? `Mô hình chưa gặp chữ «${unknown.join("")}» bao giờ.` : HINT;
    if (!unknown.length) change({ prompt: text, text: "" });
  });

  function draw() {
    const [prompt, text] = [model.get("prompt"), model.get("text")];
    if (document.activeElement !== opening) opening.value = prompt;
    const written = [...text];
    page.replaceChildren(
      html("span", { class: "lf-prompt" }, prompt),
      written.slice(0, -1).join(""),
      html("span", { class: "lf-last" }, (written.at(-1) ?? "").replace("\n", "↵\n")),
    );
    page.scrollTop = page.scrollHeight;
    step.disabled = written.length >= LIMIT;
    setTemperature(model.get("temperature"));
    setTopP(model.get("top_p"));

    const { logits, nats } = follow(tokens());
    const raw = probabilities(logits);
    const p = probabilities(logits, model.get("temperature"), model.get("top_p"));
    ranked = raw.map((_, i) => i).sort((i, j) => raw[j] - raw[i] || i - j).slice(0, ROWS);
    const scale = (chartWidth - start - room) / Math.max(0.3, ...p, ...raw);
    bars.forEach(({ bar, value, raw: outline, symbol, number }, r) => {
      setAttributes(bar, { display: r < ranked.length ? null : "none" });
      const i = ranked[r];
      if (i === undefined) return;
      value.setAttribute("width", p[i] * scale);
      outline.setAttribute("width", raw[i] * scale);
      symbol.textContent = SHOWN[symbols[i]] ?? symbols[i];
      number.textContent = percent(p[i]);
      const name = { " ": "dấu cách", "\n": "xuống dòng" }[symbols[i]] ?? symbols[i];
      bar.setAttribute("aria-label", `Chữ ${name}: ${percent(p[i])}`);
    });
    const entropy = -raw.reduce((sum, v) => sum + (v > 0 ? v * Math.log(v) : 0), 0);
    out.count.value.textContent = written.length;
    out.entropy.value.textContent = format(entropy);
    out.kept.value.textContent = `${p.filter((v) => v > 0).length} / ${symbols.length}`;
    const cost = nats.slice([...prompt].length).reduce((a, b) => a + b, 0);
    out.mean.value.textContent = written.length ? format(cost / written.length) : "—";
  }

  const redraw = once(draw);
  const keys = ["prompt", "text", "seed", "temperature", "top_p"].map((k) => `change:${k}`).join(" ");
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
