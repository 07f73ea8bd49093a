// Mặt phẳng tiềm ẩn của một VAE: bộ giải mã đi theo hình, ảnh E[x|z] được tính trong trang.

const REACH = 3;
const TILES = 9; // số ảnh nhỏ mỗi cạnh
const MARGIN = 2; // khe giữa hai ảnh nhỏ, tính bằng điểm ảnh của chúng
const HINT = "Kéo chấm tròn trên mặt phẳng, hoặc dùng Tab và phím mũi tên.";

function unpack({ shape, data }) {
  const bytes = Uint8Array.from(atob(data), (c) => c.charCodeAt(0));
  const view = new DataView(bytes.buffer);
  const values = Float64Array.from({ length: bytes.length / 4 }, (_, i) => view.getFloat32(4 * i, true));
  return { shape, values };
}

/** log σ(t), không tràn số. */
const logSigmoid = (t) => (t < 0 ? t - Math.log1p(Math.exp(t)) : -Math.log1p(Math.exp(-t)));

const logSumExp = (values) => {
  const top = Math.max(...values);
  return top + Math.log(values.reduce((sum, v) => sum + Math.exp(v - top), 0));
};

/** Từ các tham số của một điểm ảnh đến log xác suất của từng mức, như `likelihoods.py`. */
const HEADS = {
  categorical: () => (raw) => Array.from(raw),
  logistic({ levels, centers }) {
    const count = centers.length;
    const half = 1 / (levels - 1);
    return (raw) => {
      const total = logSumExp(Array.from(raw.subarray(0, count)));
      return Array.from({ length: levels }, (_, k) => {
        const parts = centers.map((center, j) => {
          const middle = (2 * k) / (levels - 1) - 1 - raw[count + j] - center;
          const precision = Math.exp(clamp(1.5 - raw[2 * count + j], -7, 7));
          const [low, high] = [(middle - half) * precision, (middle + half) * precision];
          const weight = raw[j] - total;
          if (k === 0) return weight + logSigmoid(high);
          if (k === levels - 1) return weight + logSigmoid(-low);
          return weight + logSigmoid(high) + logSigmoid(-low) + Math.log(-Math.expm1(low - high));
        });
        return logSumExp(parts);
      });
    };
  },
};

/** Bộ giải mã: z -> với mỗi điểm ảnh, xác suất của từng mức. */
export function buildDecoder(spec) {
  const layers = spec.layers.map(({ weight, bias }) => ({
    rows: weight.shape[0],
    columns: weight.shape[1],
    weight: unpack(weight).values,
    bias: unpack(bias).values,
  }));
  const head = HEADS[spec.kind](spec);
  const pixels = spec.size[0] * spec.size[1];
  return (z) => {
    let input = z;
    layers.forEach(({ rows, columns, weight, bias }, k) => {
      const output = new Float64Array(rows);
      for (let r = 0; r < rows; r++) {
        let sum = bias[r];
        for (let c = 0, w = r * columns; c < columns; c++, w++) sum += weight[w] * input[c];
        output[r] = k < layers.length - 1 ? sum / (1 + Math.exp(-sum)) : sum; // SiLU
      }
      input = output;
    });
    const per = input.length / pixels;
    return Array.from({ length: pixels }, (_, i) => {
      const logs = head(input.subarray(i * per, (i + 1) * per));
      const total = logSumExp(logs);
      return logs.map((v) => Math.exp(v - total));
    });
  };
}

/** E[x | z] của từng điểm ảnh. */
export const meanImage = (probabilities) =>
  probabilities.map((p) => p.reduce((sum, v, k) => sum + k * v, 0));

/** Một mẫu của p(x | z). */
const sampleImage = (probabilities) =>
  probabilities.map((p) => {
    let rest = Math.random();
    for (let k = 0; k < p.length; k++) if ((rest -= p[k]) <= 0) return k;
    return p.length - 1;
  });

/** Đẩy các nhãn [tên, x, y] ra xa nhau cho đến khi cách nhau ít nhất `apart` điểm ảnh. */
function pushApart(spots, apart) {
  for (let round = 0; round < 50; round++)
    for (const [i, a] of spots.entries())
      for (const b of spots.slice(i + 1)) {
        const [dx, dy] = [b[1] - a[1] || 0.01, b[2] - a[2]];
        const short = (apart - Math.hypot(dx, dy)) / (2 * Math.hypot(dx, dy));
        if (short <= 0) continue;
        a[1] -= short * dx;
        a[2] -= short * dy;
        b[1] += short * dx;
        b[2] += short * dy;
      }
}

function render({ model, el }) {
  const root = figureRoot(el, model, "lf-latent");
  const spec = model.get("decoder");
  const decode = buildDecoder(spec);
  const [height, width] = spec.size;
  const save = saver(model);
  const change = (values) => {
    for (const [key, value] of Object.entries(values)) model.set(key, value);
    save();
  };

  const markView = choice(
    root,
    "Vẽ gì trên mặt phẳng",
    [
      ["data", html("span", {}, ...prose("dữ liệu, đặt tại $μ(x)$"))],
      ["tiles", html("span", {}, ...prose("ảnh giải mã ở mỗi ô"))],
    ],
    (view) => change({ view }),
  );
  const body = html("div", { class: "lf-body" });
  const plot = html("div", { class: "lf-panel" });
  const side = html("div", { class: "lf-side" });
  body.append(plot, side);
  root.append(body);

  const tiles = html("canvas", { "aria-hidden": "true" });
  plot.append(tiles);
  const picture = svg(plot, "svg", { role: "group", "aria-label": "Mặt phẳng tiềm ẩn" });
  const axes = svg(picture, "g");
  const { group, cut } = clipped(picture);
  const handle = svg(picture, "g", {
    class: "lf-handle lf-at-x",
    tabindex: 0,
    role: "slider",
    "aria-roledescription": "điểm hai chiều",
    "aria-label": "Điểm z trên mặt phẳng tiềm ẩn",
    "aria-valuemin": -REACH,
    "aria-valuemax": REACH,
    "aria-valuenow": 0,
  });
  svg(handle, "circle", { class: "lf-target", r: 20 });
  svg(handle, "circle", { class: "lf-ring", r: 11 });
  svg(handle, "circle", { class: "lf-dot", r: 7 });

  const image = html("canvas", { class: "lf-image", role: "img", "aria-label": "Ảnh giải mã" });
  image.style.cssText =
    "display:block;width:180px;height:180px;margin:0 auto 8px;border:1px solid var(--lf-line);image-rendering:pixelated";
  side.append(image);
  const draws = html("div", { class: "lf-options" });
  const roll = html("button", { type: "button", class: "lf-roll" }, "Lấy một mẫu x ~ p(x|z)");
  const back = html("button", { type: "button", class: "lf-mean" }, "Xem E[x|z]");
  draws.append(roll, back);
  side.append(draws);
  const row = readout(side);
  const out = {
    z: row("$z$", "lf-gap"),
    prior: row("$log p(z)$"),
    ink: row("tổng mực của $E[x|z]$", "lf-row-ink"),
    near: row("nhãn của năm chữ số gần nhất"),
  };
  root.append(html("p", { class: "lf-hint" }, HINT));

  /** Vẽ một ảnh xám: mực đen trên giấy trắng, như ảnh in, ở cả hai nền. */
  const paint = (context, values) => {
    const pixels = context.createImageData(width, height);
    values.forEach((v, i) => {
      const shade = Math.round(255 * (1 - v / (spec.levels - 1)));
      pixels.data.set([shade, shade, shade, 255], 4 * i);
    });
    return pixels;
  };
  Object.assign(image, { width, height });
  let sampled = null; // mẫu đang hiện; bỏ đi khi z đổi
  roll.addEventListener("click", () => {
    sampled = sampleImage(decode(model.get("point")));
    draw();
  });
  back.addEventListener("click", () => {
    sampled = null;
    draw();
  });

  // Bảng ảnh nhỏ: tính một lần, trên một canvas ẩn.
  let table = null;
  const tileTable = () => {
    if (table) return table;
    const [across, down] = [width + MARGIN, height + MARGIN];
    table = html("canvas", { width: TILES * across, height: TILES * down });
    const context = table.getContext("2d");
    context.fillStyle = "#b8bec8";
    context.fillRect(0, 0, table.width, table.height);
    const cell = (2 * REACH) / TILES;
    for (let r = 0; r < TILES; r++) {
      for (let c = 0; c < TILES; c++) {
        const z = [-REACH + (c + 0.5) * cell, REACH - (r + 0.5) * cell];
        const tile = paint(context, meanImage(decode(z)));
        context.putImageData(tile, c * across + MARGIN / 2, r * down + MARGIN / 2);
      }
    }
    return table;
  };

  const data = model.get("data");
  const labels = model.get("labels");
  const colors = model.get("colors");
  let size, scaleX, scaleY;
  const move = (z1, z2) => {
    sampled = null;
    change({ point: [z1, z2].map((v) => +clamp(v, -REACH, REACH).toFixed(2)) });
  };
  const moveTo = (px, py) => move(scaleX.invert(px), scaleY.invert(py));
  draggable(handle, picture, { move: moveTo });
  arrowKeys(handle, (dx, dy) => {
    const [z1, z2] = model.get("point");
    move(z1 + 0.1 * dx, z2 + 0.1 * dy);
  });
  picture.addEventListener("click", (event) => {
    const box = picture.getBoundingClientRect();
    const unit = size.total / box.width;
    moveTo((event.clientX - box.left) * unit, (event.clientY - box.top) * unit);
  });

  function layout() {
    root.classList.toggle("lf-wide", root.clientWidth >= 640);
    const total = Math.min(body.clientWidth - (root.clientWidth >= 640 ? 264 : 0), 480);
    const [left, top] = [26, 20];
    const side = total - left - 8;
    size = { total, left, top, side };
    plot.style.width = `${total}px`;
    setAttributes(picture, { width: total, height: top + side + 34, viewBox: `0 0 ${total} ${top + side + 34}` });
    scaleX = linear([-REACH, REACH], [left, left + side]);
    scaleY = linear([-REACH, REACH], [top + side, top]);
    cut(left, top, side, side);
    drawPlane();
    draw();
  }

  function drawPlane() {
    const { left, top, side, total } = size;
    const showTiles = model.get("view") === "tiles";
    axes.replaceChildren();
    group.replaceChildren();
    for (const v of ticks(-REACH, REACH, 6)) {
      const [px, py] = [scaleX(v), scaleY(v)];
      if (!showTiles) {
        svg(axes, "line", { class: "lf-gridline", x1: px, x2: px, y1: top, y2: top + side });
        svg(axes, "line", { class: "lf-gridline", x1: left, x2: left + side, y1: py, y2: py });
      }
      const across = svg(axes, "text", { x: px, y: top + side + 16, "text-anchor": "middle" });
      const up = svg(axes, "text", { x: left - 5, y: py + 4, "text-anchor": "end" });
      across.textContent = up.textContent = tickLabel(v);
    }
    svg(axes, "rect", { class: "lf-frame", x: left, y: top, width: side, height: side });
    svgMath(axes, "z_1", { x: left + side, y: top + side + 31, "text-anchor": "end" });
    svgMath(axes, "z_2", { x: left, y: top - 7 });

    tiles.style.display = showTiles ? "" : "none";
    if (showTiles) {
      const ratio = window.devicePixelRatio || 1;
      tiles.style.cssText = `inset:${top}px auto auto ${left}px;width:${side}px;height:${side}px`;
      Object.assign(tiles, { width: side * ratio, height: side * ratio });
      const context = tiles.getContext("2d");
      context.imageSmoothingEnabled = false;
      context.drawImage(tileTable(), 0, 0, tiles.width, tiles.height);
      return;
    }
    const centres = new Map();
    data.forEach(([z1, z2], i) => {
      svg(group, "circle", { cx: scaleX(z1), cy: scaleY(z2), r: total < 400 ? 2.2 : 3, fill: colors[labels[i] % 10], "fill-opacity": 0.75 });
      if (!centres.has(labels[i])) centres.set(labels[i], []);
      centres.get(labels[i]).push([z1, z2]);
    });
    const median = (points, axis) => points.map((p) => p[axis]).sort((a, b) => a - b)[points.length >> 1];
    const spots = [...centres].map(([label, points]) => [label, scaleX(median(points, 0)), scaleY(median(points, 1))]);
    pushApart(spots, 20);
    for (const [label, x, y] of spots) {
      const text = svg(group, "text", {
        x,
        y: y + 6,
        "text-anchor": "middle",
        style: "font-size:17px;font-weight:700;fill:var(--lf-ink);stroke:var(--lf-surface);stroke-width:3px;paint-order:stroke",
      });
      text.textContent = label;
    }
  }

  function draw() {
    if (!size) return;
    const point = model.get("point");
    const mean = meanImage(decode(point));
    const context = image.getContext("2d");
    context.putImageData(paint(context, sampled ?? mean), 0, 0);
    const [z1, z2] = point;
    const nearest = data
      .map((p, i) => [Math.hypot(p[0] - z1, p[1] - z2), labels[i]])
      .sort((a, b) => a[0] - b[0])
      .slice(0, 5)
      .map(([, label]) => label);
    out.z.value.textContent = `(${format(z1)}; ${format(z2)})`;
    out.prior.value.textContent = format(logNormal(z1) + logNormal(z2));
    out.ink.value.textContent = format(mean.reduce((sum, v) => sum + v, 0), 1);
    out.near.value.textContent = nearest.join(" ");
    setAttributes(handle, {
      transform: `translate(${scaleX(z1)} ${scaleY(z2)})`,
      "aria-valuenow": z1,
      "aria-valuetext": `z = (${format(z1)}; ${format(z2)}), gần chữ số ${nearest.join(", ")}`,
    });
    image.setAttribute("aria-label", `Ảnh giải mã tại z = (${format(z1)}; ${format(z2)})`);
    markView(model.get("view"));
  }

  const redraw = once(draw);
  const replane = once(() => {
    drawPlane();
    draw();
  });
  model.on("change:point", redraw);
  model.on("change:view", replane);
  const stop = onWidth(root, layout);
  return () => {
    stop();
    model.off("change:point", redraw);
    model.off("change:view", replane);
  };
}

export default { render };
