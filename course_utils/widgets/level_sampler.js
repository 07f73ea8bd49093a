// VAE phân cấp: giữ các tầng trên của một ảnh, lấy mới các tầng dưới; mạng giải mã đi theo hình.

const COUNT = 12; // số ảnh trong bảng
const PROBES = 120; // số mẫu để ước lượng phương sai còn lại
const HINT = "Bấm vào một ảnh trong bảng để lấy nó làm ảnh gốc.";
const SUBSCRIPTS = "₀₁₂₃₄₅₆₇₈₉";
const levelName = (l) => `z${String(l).replace(/\d/g, (d) => SUBSCRIPTS[d])}`;

function unpack({ shape, data }) {
  const bytes = Uint8Array.from(atob(data), (c) => c.charCodeAt(0));
  const view = new DataView(bytes.buffer);
  const values = Float64Array.from({ length: bytes.length / 4 }, (_, i) => view.getFloat32(4 * i, true));
  return { shape, values };
}

/** Perceptron SiLU: mảng số -> mảng số. */
function perceptron(specs) {
  const layers = specs.map(({ weight, bias }) => ({
    rows: weight.shape[0],
    columns: weight.shape[1],
    weight: unpack(weight).values,
    bias: unpack(bias).values,
  }));
  return (values) => {
    let input = values;
    layers.forEach(({ rows, columns, weight, bias }, k) => {
      const output = new Float64Array(rows);
      for (let r = 0; r < rows; r++) {
        let sum = bias[r];
        for (let c = 0, w = r * columns; c < columns; c++, w++) sum += weight[w] * input[c];
        output[r] = k < layers.length - 1 ? sum / (1 + Math.exp(-sum)) : sum;
      }
      input = output;
    });
    return input;
  };
}

/** Chiều sinh: `prior(l, above)` cho [trung bình, log phương sai] của z_l; `decode` cho E[x|z]. */
export function buildHierarchy({ dims, skip, size, levels, centers, priors, decoder }) {
  const nets = priors.map(perceptron);
  const output = perceptron(decoder);
  const read = (above) => (skip ? above.flat() : above[0]);
  const edges = Array.from({ length: levels - 1 }, (_, k) => (2 * k + 1) / (levels - 1) - 1);
  const prior = (level, above) => {
    const d = dims[level - 1];
    if (level === dims.length) return [new Array(d).fill(0), new Array(d).fill(0)];
    const raw = Array.from(nets[level - 1](read(above)));
    return [raw.slice(0, d), raw.slice(d).map((v) => 6 * Math.tanh(v / 6))];
  };
  /** E[x] = Σ_k P(x ≥ k): mỗi ranh giới giữa hai mức góp xác suất ở bên trên nó. */
  const decode = (latents) => {
    const raw = output(read(latents));
    const [pixels, count] = [size[0] * size[1], centers.length];
    const per = 3 * count;
    return Float64Array.from({ length: pixels }, (_, i) => {
      const at = i * per;
      const weights = centers.map((_, j) => Math.exp(raw[at + j] - raw[at]));
      const total = weights.reduce((a, b) => a + b, 0);
      return centers.reduce((mean, center, j) => {
        const middle = raw[at + count + j] + center;
        const precision = Math.exp(clamp(1.5 - raw[at + 2 * count + j], -7, 7));
        const above = edges.reduce((s, e) => s + 1 / (1 + Math.exp((e - middle) * precision)), 0);
        return mean + (weights[j] / total) * above;
      }, 0);
    });
  };
  /** z_1..z_L: giữ `held` tầng trên của `root`, các tầng dưới dùng nhiễu `noise[l − 1]`. */
  const draw = (root, held, noise) => {
    const top = dims.length - held;
    const latents = root.slice(top).map((z) => [...z]);
    for (let level = top; level > 0; level--) {
      const [mean, logVar] = prior(level, latents);
      latents.unshift(mean.map((m, i) => m + Math.exp(0.5 * logVar[i]) * noise[level - 1][i]));
    }
    return latents;
  };
  return { prior, decode, draw };
}

/** Số ngẫu nhiên chuẩn, lặp lại được theo hạt giống (mulberry32 và Box–Muller). */
export function gaussian(seed) {
  let state = seed >>> 0;
  const uniform = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
  return () => Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform());
}

/** `count` bộ nhiễu, mỗi bộ một mảng cho mỗi tầng. */
const noises = (dims, count, seed) => {
  const next = gaussian(seed);
  return Array.from({ length: count }, () => dims.map((d) => Array.from({ length: d }, next)));
};

/** Tổng phương sai điểm ảnh của E[x|z] khi giữ `held` tầng của `root`. */
export function remaining(hierarchy, dims, root, held, seed = 7) {
  if (held === dims.length) return 0;
  const images = noises(dims, PROBES, seed).map((e) => hierarchy.decode(hierarchy.draw(root, held, e)));
  let total = 0;
  for (let i = 0; i < images[0].length; i++) {
    const mean = images.reduce((s, x) => s + x[i], 0) / PROBES;
    total += images.reduce((s, x) => s + (x[i] - mean) ** 2, 0) / (PROBES - 1);
  }
  return total;
}

function render({ model, el }) {
  const root = figureRoot(el, model, "lf-levels");
  const network = model.get("network");
  const { dims, size } = network;
  const hierarchy = buildHierarchy(network);
  const [height, width] = size;
  const L = dims.length;
  const save = saver(model);
  const change = (values) => {
    for (const [key, value] of Object.entries(values)) model.set(key, value);
    save();
  };

  const kept = (held) =>
    held === 0 ? "không tầng nào" : Array.from({ length: held }, (_, i) => levelName(L - i)).join(", ");
  root.append(html("div", { class: "lf-label" }, "Giữ lại của ảnh gốc"));
  const markHeld = choice(
    root,
    "Giữ lại những tầng nào",
    Array.from({ length: L + 1 }, (_, held) => [String(held), kept(held)]),
    (held) => change({ held: Number(held) }),
  );

  const body = html("div", { class: "lf-body" });
  const plot = html("div", { class: "lf-plot" });
  const side = html("div", { class: "lf-side" });
  body.append(plot, side);
  root.append(body);

  const paper = "image-rendering:pixelated;width:100%;aspect-ratio:1;display:block;border-radius:3px;";
  const canvas = (label) =>
    html("canvas", { width, height, role: "img", "aria-label": label, style: paper });
  const paint = (node, image) => {
    const context = node.getContext("2d");
    const pixels = context.createImageData(width, height);
    image.forEach((v, i) => {
      const shade = Math.round(255 * (1 - v / (network.levels - 1)));
      pixels.data.set([shade, shade, shade, 255], 4 * i);
    });
    context.putImageData(pixels, 0, 0);
  };

  // Bảng ảnh: mỗi ảnh là một nút
  const table = html("div", {
    class: "lf-table",
    style: "display:grid;grid-template-columns:repeat(4,minmax(0,1fr));gap:6px;",
  });
  plot.append(table);
  let latents = [];
  const tiles = Array.from({ length: COUNT }, (_, i) => {
    const picture = canvas("");
    picture.removeAttribute("role");
    const button = html(
      "button",
      {
        type: "button",
        "aria-label": `Lấy ảnh ${i + 1} làm ảnh gốc`,
        style: "padding:2px;border-radius:6px;min-height:0;",
      },
      picture,
    );
    button.addEventListener("click", () => change({ root: latents[i] }));
    table.append(button);
    return picture;
  });
  const again = html("button", { type: "button", class: "lf-again" }, "Lấy mới các tầng dưới");
  again.addEventListener("click", () => change({ seed: (model.get("seed") % 9999) + 1 }));
  plot.append(html("div", { class: "lf-options" }, again));

  // Ảnh gốc và các nút chọn nó
  const original = canvas("Ảnh gốc");
  const frame = html("div", {
    style: "width:132px;margin:0 auto 6px;border:2px solid var(--lf-x);border-radius:6px;padding:2px;",
  });
  frame.append(original);
  side.append(frame, html("div", { class: "lf-label" }, "Ảnh gốc: chữ số thật, hay một ảnh mới"));
  const roots = model.get("roots");
  const pick = html("div", { class: "lf-choice", role: "group", "aria-label": "Chọn ảnh gốc" });
  roots.forEach(({ label, z }, i) => {
    const button = html("button", { type: "button", "data-root": i }, label);
    button.addEventListener("click", () => change({ root: z }));
    pick.append(button);
  });
  const fresh = html("button", { type: "button", class: "lf-fresh" }, "ngẫu nhiên");
  fresh.addEventListener("click", () => {
    const noise = noises(dims, 1, Math.floor(Math.random() * 1e9))[0];
    change({ root: hierarchy.draw([], 0, noise) });
  });
  pick.append(fresh);
  side.append(pick);

  // Phương sai còn lại: một thanh cho mỗi cách giữ
  side.append(html("div", { class: "lf-label" }, "Phương sai điểm ảnh còn lại khi giữ"));
  const row = readout(side);
  const bars = Array.from({ length: L + 1 }, (_, held) => {
    const { name, value } = row(kept(held), `lf-held-${held}`);
    const bar = html("div", {
      style: "height:6px;border-radius:3px;background:var(--lf-z);margin:-1px 0 3px;",
    });
    value.parentNode.after(bar);
    return { name, value, bar };
  });
  const note = html("p", { class: "lf-note" });
  root.append(note, html("p", { class: "lf-hint" }, HINT));

  let measured = "";
  function draw() {
    const [held, seed] = [clamp(model.get("held"), 0, L), model.get("seed")];
    const source = model.get("root");
    paint(original, hierarchy.decode(source));
    latents = noises(dims, COUNT, seed).map((noise) => hierarchy.draw(source, held, noise));
    latents.forEach((z, i) => paint(tiles[i], hierarchy.decode(z)));
    markHeld(String(held));
    for (const button of pick.querySelectorAll("[data-root]")) {
      const same = JSON.stringify(roots[button.dataset.root].z) === JSON.stringify(source);
      button.setAttribute("aria-pressed", String(same));
    }
    const key = JSON.stringify(source);
    if (key !== measured) {
      measured = key;
      const totals = bars.map((_, k) => remaining(hierarchy, dims, source, k));
      bars.forEach(({ value, bar }, k) => {
        const share = totals[k] / totals[0];
        value.textContent = `${format(100 * share, 0)} %`;
        bar.style.width = `${Math.min(100, Math.max(0.5, 100 * share))}%`;
      });
    }
    bars.forEach(({ name, value, bar }, k) => {
      bar.style.background = k === held ? "var(--lf-x)" : "var(--lf-z)";
      name.parentNode.classList.toggle("lf-is-x", k === held);
      value.style.fontWeight = k === held ? "600" : "";
    });
    const text =
      held === L
        ? "Giữ cả: mọi ảnh đều là ảnh gốc. Bộ giải mã không còn gì để lấy mới."
        : held === 0
          ? "Không giữ gì: mười hai mẫu độc lập của mô hình, không liên quan đến ảnh gốc."
          : `Mười hai ảnh có chung ${kept(held)}; ${kept(L).split(", ").slice(held).join(", ")} ` +
            "được lấy mới từ tiên nghiệm có điều kiện.";
    if (note.textContent !== text) note.textContent = text;
  }

  const listener = once(draw);
  const keys = ["root", "held", "seed"].map((k) => `change:${k}`).join(" ");
  model.on(keys, listener);
  const stop = onWidth(root, (total) => {
    root.classList.toggle("lf-wide", total >= 620);
    draw();
  });
  return () => {
    stop();
    model.off(keys, listener);
  };
}

export default { render };
