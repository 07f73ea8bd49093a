// Ánh xạ một chiều x = f(z) và mật độ p_X(x) = p_Z(g(x))·|g′(x)| mà nó sinh ra.

const Z_RANGE = [-3.6, 3.6];
const STRIP = 0.25; // nửa bề rộng của khoảng Δz tô đậm
const HINT =
  "Kéo các nút trên đường cong và điểm xanh trên trục z, hoặc dùng Tab và phím mũi tên.";
const CLAMPED =
  "Ánh xạ phải đơn điệu chặt để có hàm ngược: nút dừng lại trước nút bên cạnh.";
const CUSTOM =
  "Ánh xạ của bạn. Nơi đường cong dốc, mật độ của $x$ loãng; nơi nó thoải, mật độ đặc.";
const WRONG = {
  no_factor:
    "Công thức sai: quên hệ số $1/|f′|$. Hai vùng tô không còn cùng khối lượng, " +
    "và tổng khối lượng chỉ bằng 1 khi may mắn.",
  no_sign:
    "Công thức sai: quên dấu trị tuyệt đối. Với hàm tăng không thấy gì; " +
    "với hàm giảm, «mật độ» thành âm.",
};
const FUNCTIONS = {
  affine: [(z) => 2 * z + 1, () => 2],
  decreasing: [(z) => -3 * z + 2, () => -3],
  exp: [Math.exp, Math.exp],
  cubic: [(z) => z ** 3, (z) => 3 * z * z],
  two_modes: [(z) => z / 2 + 2 * Math.tanh(2 * z), (z) => 0.5 + 4 / Math.cosh(2 * z) ** 2],
};

/** Nội suy Hermite bậc ba đơn điệu qua các nút [z, x]; trả [f, f′]. Như `monotone_cubic` của Python. */
export function monotoneCubic(knots) {
  const n = knots.length - 1;
  const width = Array.from({ length: n }, (_, i) => knots[i + 1][0] - knots[i][0]);
  const chord = width.map((h, i) => (knots[i + 1][1] - knots[i][1]) / h);
  const slopes = knots.map((_, i) => {
    if (i === 0) return chord[0];
    if (i === n) return chord[n - 1];
    const left = 2 * width[i] + width[i - 1];
    const right = width[i] + 2 * width[i - 1];
    return (left + right) / (left / chord[i - 1] + right / chord[i]);
  });
  const at = (z) => {
    const inside = clamp(z, knots[0][0], knots[n][0]);
    let i = 0;
    while (i < n - 1 && inside >= knots[i + 1][0]) i += 1;
    const t = (inside - knots[i][0]) / width[i];
    const c = 3 * chord[i] - 2 * slopes[i] - slopes[i + 1];
    const d = slopes[i] + slopes[i + 1] - 2 * chord[i];
    const slope = slopes[i] + t * (2 * c + t * 3 * d);
    const x = knots[i][1] + width[i] * t * (slopes[i] + t * (c + t * d)) + slope * (z - inside);
    return [x, slope];
  };
  return [(z) => at(z)[0], (z) => at(z)[1]];
}

/** [f, f′] của ánh xạ đang chọn. */
export function mapOf(preset, knots) {
  return FUNCTIONS[preset] ?? monotoneCubic(knots);
}

/** Mật độ vẽ tại x = f(z), tính tại z, theo công thức đúng hay một công thức quên mất một phần. */
export function pushedDensity(df, rule) {
  return (z) => {
    const p = Math.exp(logNormal(z));
    if (rule === "no_factor") return p;
    return p / (rule === "no_sign" ? df(z) : Math.abs(df(z)));
  };
}

/** ∫ mật độ dx trên ảnh của [a, b], cộng các dải mỏng của chính đường đang vẽ. */
export function mass(f, density, a, b, steps = 16000) {
  const h = (b - a) / steps;
  let total = 0;
  let before = f(a);
  for (let i = 0; i < steps; i++) {
    const after = f(a + (i + 1) * h);
    total += density(a + (i + 0.5) * h) * Math.abs(after - before);
    before = after;
  }
  return total;
}

function render({ model, el }) {
  const root = figureRoot(el, model, "lf-map1d");
  const presets = model.get("presets");
  const save = saver(model);
  const change = (values) => {
    for (const [key, value] of Object.entries(values)) model.set(key, value);
    save();
  };

  const markPreset = choice(
    root,
    "Chọn ánh xạ",
    presets.map((p) => [p.name, html("span", {}, ...prose(p.label))]),
    (name) => {
      const { knots, range } = presets.find((p) => p.name === name);
      say(HINT);
      change({ preset: name, knots, x_range: range });
    },
  );

  const body = html("div", { class: "lf-body" });
  const plot = html("div", { class: "lf-plot" });
  const side = html("div", { class: "lf-side" });
  body.append(plot, side);
  root.append(body);

  // Các con số
  const row = readout(side);
  const out = {
    z: row("điểm dò $z$"),
    x: row("ảnh $x = f(z)$"),
    slope: row("độ dốc $|f′(z)|$"),
    logZ: row("$log p_Z(z)$", "lf-gap"),
    logSlope: row("$− log |f′(z)|$"),
    logX: row("$log p_X(x)$", "lf-sum"),
    density: row("$p_X(x)$"),
    massZ: row("khối lượng trên $Δz$", "lf-gap lf-is-z"),
    massX: row("khối lượng trên $Δx$", "lf-is-x"),
    mass: row("tổng khối lượng", "lf-sum lf-mass"),
  };
  side.append(html("div", { class: "lf-label" }, "Vẽ mật độ theo công thức"));
  const markRule = choice(
    side,
    "Công thức mật độ",
    [
      ["exact", math("p_Z / |f′|")],
      ["no_factor", math("p_Z")],
      ["no_sign", math("p_Z / f′")],
    ],
    (rule) => change({ rule }),
  );
  const note = html("p", { class: "lf-note" });
  const hint = html("p", { class: "lf-hint", "aria-live": "polite" }, HINT);
  root.append(note, hint);
  function say(text) {
    if (hint.textContent !== text) hint.textContent = text;
    hint.classList.toggle("lf-active", text !== HINT);
  }

  // Hình vẽ: các lớp cố định, từ dưới lên
  const picture = svg(plot, "svg", { role: "group", "aria-label": "Mặt phẳng z, x và hai mật độ" });
  const axes = svg(picture, "g");
  const above = clipped(picture); // mặt phẳng và mật độ của x
  const whole = clipped(picture); // thêm cả mật độ của z ở dưới
  const layer = (className) =>
    svg((className.includes("-x") || className === "lf-curve" ? above : whole).group, "path", {
      class: className,
    });
  const baseX = layer("lf-axis lf-axis-x");
  const bandZ = layer("lf-band-z");
  const bandX = layer("lf-band-x");
  const areaZ = layer("lf-area-z");
  const areaX = layer("lf-area-x");
  const massZ = layer("lf-mass-z");
  const massX = layer("lf-mass-x");
  const edgeZ = layer("lf-edge-z");
  const edgeX = layer("lf-edge-x lf-density");
  const curve = layer("lf-curve");

  const handle = (className, label, orientation) => {
    const node = svg(picture, "g", {
      class: `lf-handle ${className}`,
      tabindex: 0,
      role: "slider",
      "aria-label": label,
      "aria-orientation": orientation,
    });
    svg(node, "circle", { class: "lf-target", r: 19 });
    svg(node, "circle", { class: "lf-ring", r: 10.5 });
    svg(node, "circle", { class: "lf-dot", r: 6.5 });
    return node;
  };

  let scaleZ, scaleX, heightZ, heightX; // px mỗi đơn vị; đặt khi biết bề rộng
  let size;

  const probe = handle("lf-at-z lf-probe", "Điểm dò z", "horizontal");
  const moveProbe = (z) => change({ probe: +clamp(z, -3.4, 3.4).toFixed(3) });
  draggable(probe, picture, { move: (px) => moveProbe(scaleZ.invert(px)) });
  arrowKeys(probe, (dx, dy) => moveProbe(model.get("probe") + 0.05 * (dx + dy)));

  const moveKnot = (i, x) => {
    const knots = model.get("knots").map((k) => [...k]);
    const range = model.get("x_range");
    const gap = 0.015 * (range[1] - range[0]);
    const sign = Math.sign(knots.at(-1)[1] - knots[0][1]);
    // Hàm giảm thì nút bên trái chặn phía trên: đổi dấu để chỉ viết một lần.
    const low = i > 0 ? sign * knots[i - 1][1] + gap : -Infinity;
    const high = i < knots.length - 1 ? sign * knots[i + 1][1] - gap : Infinity;
    const wanted = clamp(x, ...range);
    const allowed = sign * clamp(sign * wanted, Math.min(low, high), high);
    say(Math.abs(allowed - wanted) > 1e-9 ? CLAMPED : HINT);
    knots[i][1] = +allowed.toFixed(4);
    change({ knots, preset: "custom" });
  };
  const knotHandles = [];
  const placeKnotHandles = (count) => {
    while (knotHandles.length > count) knotHandles.pop().remove();
    while (knotHandles.length < count) {
      const i = knotHandles.length;
      const node = handle("lf-knot", `Nút ${i + 1}`, "vertical");
      draggable(node, picture, { move: (px, py) => moveKnot(i, scaleX.invert(py)) });
      arrowKeys(node, (dx, dy) => {
        const [a, b] = model.get("x_range");
        moveKnot(i, clamp(model.get("knots")[i][1], a, b) + 0.01 * (b - a) * (dx + dy));
      });
      knotHandles.push(node);
    }
  };

  function drawAxes() {
    axes.replaceChildren();
    const { left, right, top, bottom, planeLeft, planeBottom } = size;
    for (const v of ticks(...Z_RANGE, 7)) {
      const px = scaleZ(v);
      svg(axes, "line", { class: "lf-gridline", x1: px, x2: px, y1: top, y2: planeBottom });
      const label = svg(axes, "text", { x: px, y: bottom + 16, "text-anchor": "middle" });
      label.textContent = tickLabel(v);
    }
    for (const v of ticks(...model.get("x_range"), 7)) {
      const py = scaleX(v);
      svg(axes, "line", { class: "lf-gridline", x1: planeLeft, x2: right, y1: py, y2: py });
      const label = svg(axes, "text", { x: left - 6, y: py + 4, "text-anchor": "end" });
      label.textContent = tickLabel(v);
    }
    svg(axes, "rect", {
      class: "lf-frame",
      x: planeLeft,
      y: top,
      width: right - planeLeft,
      height: planeBottom - top,
    });
    svg(axes, "line", { class: "lf-axis", x1: planeLeft, x2: right, y1: bottom, y2: bottom });
    svgMath(axes, "z", { x: right, y: bottom + 31, "text-anchor": "end", class: "lf-label-z" });
    svgMath(axes, "x", { x: left - 6, y: top - 8, "text-anchor": "end", class: "lf-label-x" });
    svgMath(axes, "p_Z(z)", { x: planeLeft, y: bottom + 31, class: "lf-label-z" });
    svgMath(axes, "p_X(x)", { x: left + 4, y: top - 8, class: "lf-label-x" });
    const knots = model.get("knots");
    const increasing = knots.at(-1)[1] > knots[0][1]; // tên hàm ở góc mà đường cong không tới
    svgMath(axes, "x = f(z)", {
      x: increasing ? planeLeft : right,
      y: top - 8,
      "text-anchor": increasing ? "start" : "end",
    });
  }

  function layout(width) {
    root.classList.toggle("lf-wide", root.clientWidth >= 640);
    const total = Math.min(plot.clientWidth, 560);
    const panel = clamp(total * 0.25, 66, 130);
    const left = 30;
    const planeLeft = left + panel + 10;
    const right = total - 8;
    const planeHeight = clamp((right - planeLeft) * 0.95, 190, 350);
    const top = 24;
    const planeBottom = top + planeHeight;
    const bottom = planeBottom + 10 + panel * 0.68;
    size = { left, right, top, bottom, planeLeft, planeBottom, panel };
    setAttributes(picture, {
      width: total,
      height: bottom + 38,
      viewBox: `0 0 ${total} ${bottom + 38}`,
    });
    above.cut(left, top, right - left, planeHeight);
    whole.cut(left, top, right - left, bottom - top);
    scaleZ = linear(Z_RANGE, [planeLeft, right]);
    draw();
  }

  function draw() {
    if (!size) return;
    const { left, bottom, top, planeLeft, planeBottom, panel } = size;
    const [preset, knots, rule] = ["preset", "knots", "rule"].map((key) => model.get(key));
    const range = model.get("x_range");
    const [f, df] = mapOf(preset, knots);
    const density = pushedDensity(df, rule);
    const z0 = model.get("probe");

    scaleX = linear(range, [planeBottom, top]);
    // Cùng một diện tích màn hình cho cùng một khối lượng, ở cả hai mật độ.
    heightZ = (panel * 0.68 * 0.95) / 0.4;
    heightX = (scaleZ.unit * heightZ) / scaleX.unit;
    drawAxes();

    // Mật độ âm thì vẽ từ mép kia của khung, để còn thấy nó.
    const base = density(z0) < 0 ? planeLeft - 10 : left;
    baseX.setAttribute("d", `M${base} ${top}V${planeBottom}`);

    const grid = (a, b, n) => Array.from({ length: n + 1 }, (_, i) => a + ((b - a) * i) / n);
    const onZ = (z) => [scaleZ(z), bottom - heightZ * Math.exp(logNormal(z))];
    const onX = (z) => [base + clamp(heightX * density(z), -4000, 4000), scaleX(f(z))];
    const closed = (points, x, y) =>
      `${polyline(points)}L${x ?? points.at(-1)[0].toFixed(1)} ${y ?? points.at(-1)[1].toFixed(1)}` +
      `L${x ?? points[0][0].toFixed(1)} ${y ?? points[0][1].toFixed(1)}Z`;
    const all = grid(-7, 7, 1401);
    const strip = grid(z0 - STRIP, z0 + STRIP, 61);
    const [a, b] = [strip[0], strip.at(-1)];

    curve.setAttribute("d", polyline(grid(...Z_RANGE, 400).map((z) => [scaleZ(z), scaleX(f(z))])));
    const viewZ = grid(...Z_RANGE, 240).map(onZ);
    edgeZ.setAttribute("d", polyline(viewZ));
    areaZ.setAttribute("d", closed(viewZ, null, bottom));
    massZ.setAttribute("d", closed(strip.map(onZ), null, bottom));
    const curveX = all.map(onX);
    edgeX.setAttribute("d", polyline(curveX));
    areaX.setAttribute("d", closed(curveX, base, null));
    massX.setAttribute("d", closed(strip.map(onX), base, null));
    const through = strip.map((z) => [scaleZ(z), Math.max(top, scaleX(f(z)))]);
    bandZ.setAttribute("d", closed(through, null, bottom));
    bandX.setAttribute("d", closed(through, left, null));

    setAttributes(probe, {
      transform: `translate(${scaleZ(z0)} ${bottom})`,
      "aria-valuemin": -3.4,
      "aria-valuemax": 3.4,
      "aria-valuenow": z0,
      "aria-valuetext": `z = ${format(z0)}, x = ${format(f(z0))}`,
    });
    placeKnotHandles(knots.length);
    knots.forEach(([z, x], i) => {
      const shown = clamp(x, ...range);
      setAttributes(knotHandles[i], {
        transform: `translate(${scaleZ(z).toFixed(1)} ${scaleX(shown).toFixed(1)})`,
        "aria-valuemin": range[0],
        "aria-valuemax": range[1],
        "aria-valuenow": x,
        "aria-valuetext": `z = ${format(z, 1)}, x = ${format(x)}`,
      });
      knotHandles[i].classList.toggle("lf-outside", shown !== x);
    });

    const slope = Math.abs(df(z0));
    const total = mass(f, density, -8, 8);
    const show = (key, value, digits) => (out[key].value.textContent = format(value, digits));
    show("z", z0);
    show("x", f(z0));
    show("slope", slope);
    show("logZ", logNormal(z0), 3);
    show("logSlope", -Math.log(slope), 3);
    show("logX", Math.log(density(z0)), 3);
    show("density", density(z0), 3);
    out.logSlope.value.parentNode.classList.toggle("lf-struck", rule === "no_factor");
    show("massZ", mass((z) => z, (z) => Math.exp(logNormal(z)), a, b, 400), 3);
    show("massX", mass(f, density, a, b, 400), 3);
    show("mass", total, 3);
    const wrong = Math.abs(total - 1) > 0.005;
    out.mass.value.parentNode.classList.toggle("lf-is-warn", wrong);
    root.classList.toggle("lf-wrong", rule !== "exact");

    markPreset(preset);
    markRule(rule);
    const text = WRONG[rule] ?? presets.find((p) => p.name === preset)?.note ?? CUSTOM;
    if (note.dataset.text !== text) {
      note.dataset.text = text;
      note.replaceChildren(...prose(text));
    }
  }

  const keys = ["preset", "knots", "probe", "rule", "x_range"].map((k) => `change:${k}`).join(" ");
  const redraw = once(draw);
  model.on(keys, redraw);
  const stop = onWidth(root, layout);
  return () => {
    stop();
    model.off(keys, redraw);
  };
}

export default { render };
