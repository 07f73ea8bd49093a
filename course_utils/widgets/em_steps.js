// EM cho hỗn hợp ba Gauss trên mặt phẳng, từng bước; mọi phép tính làm ngay trong trang.

const BOX = [-5, 5, -4, 4]; // khung nhìn: x₁ từ −5 đến 5, x₂ từ −4 đến 4
const HUES = ["z", "x", "third"]; // màu giao diện của ba thành phần
const FLAT = 1e-9; // phương sai nhỏ hơn mức này thì coi như thành phần đã sụp
const HINT = "Kéo ba tâm (hoặc Tab rồi phím mũi tên), sau đó bấm «Một bước EM».";

/** log N(x; mean, S) với S = [a, b, c] là ma trận đối xứng [[a, b], [b, c]]. */
export function logGauss([x, y], [m, n], [a, b, c]) {
  const det = a * c - b * b;
  const [u, v] = [x - m, y - n];
  const square = (c * u * u - 2 * b * u * v + a * v * v) / det;
  return -0.5 * square - 0.5 * Math.log(det) - Math.log(2 * Math.PI);
}

/** Bước E: trách nhiệm của từng điểm và log hợp lý trung bình (nat). */
export function eStep(points, { weights, means, covariances }) {
  let total = 0;
  const shares = points.map((point) => {
    const logs = means.map((m, k) => Math.log(weights[k]) + logGauss(point, m, covariances[k]));
    const top = Math.max(...logs);
    const sum = logs.reduce((s, v) => s + Math.exp(v - top), 0);
    total += top + Math.log(sum);
    return logs.map((v) => Math.exp(v - top) / sum);
  });
  return { shares, logLikelihood: total / points.length };
}

/** Bước M: trọng số, tâm, hiệp phương sai mới từ trách nhiệm. */
export function mStep(points, shares, ridge = 0) {
  const next = { weights: [], means: [], covariances: [] };
  for (let k = 0; k < shares[0].length; k++) {
    let [count, sx, sy] = [0, 0, 0];
    points.forEach(([x, y], n) => {
      count += shares[n][k];
      sx += shares[n][k] * x;
      sy += shares[n][k] * y;
    });
    const [m, n] = [sx / count, sy / count];
    let [a, b, c] = [0, 0, 0];
    points.forEach(([x, y], i) => {
      a += shares[i][k] * (x - m) ** 2;
      b += shares[i][k] * (x - m) * (y - n);
      c += shares[i][k] * (y - n) ** 2;
    });
    next.weights.push(count / points.length);
    next.means.push([m, n]);
    next.covariances.push([a / count + ridge, b / count, c / count + ridge]);
  }
  return next;
}

/** Hai trị riêng của ma trận đối xứng [a, b, c], nhỏ trước. */
export function eigenvalues([a, b, c]) {
  const [middle, radius] = [(a + c) / 2, Math.hypot((a - c) / 2, b)];
  return [Math.max(0, (a * c - b * b) / (middle + radius)), middle + radius];
}

function render({ model, el }) {
  const root = figureRoot(el, model, "lf-em");
  const points = model.get("points");
  const presets = model.get("presets");
  const save = saver(model);
  const state = () =>
    Object.fromEntries(["weights", "means", "covariances"].map((key) => [key, model.get(key)]));
  const ridge = () => (model.get("use_ridge") ? model.get("ridge") : 0);
  const change = (values) => {
    for (const [key, value] of Object.entries(values)) model.set(key, value);
    save();
  };
  const flattest = ({ covariances }) =>
    covariances.map((c) => eigenvalues(c)[0]).reduce((best, v, k, all) => (v < all[best] ? k : best), 0);
  const collapsed = (s) => eigenvalues(s.covariances[flattest(s)])[0] < FLAT;
  /** Thành phần đã sụp được giữ ở một phương sai rất nhỏ, để log hợp lý còn là một số. */
  const kept = (s) => ({
    ...s,
    covariances: s.covariances.map((c) =>
      eigenvalues(c)[0] < FLAT ? [c[0] + FLAT / 2, c[1], c[2] + FLAT / 2] : c,
    ),
  });
  /** Đặt tham số từ bên ngoài: nhật ký bắt đầu lại. */
  const restart = (values) => {
    const next = { ...state(), ...values };
    change({ ...values, history: [eStep(points, next).logLikelihood] });
  };
  const run = (steps) => {
    let [current, history] = [state(), [...model.get("history")]];
    for (let i = 0; i < steps && !collapsed(current); i++) {
      current = kept(mStep(points, eStep(points, current).shares, ridge()));
      history.push(eStep(points, current).logLikelihood);
    }
    change({ ...current, history });
  };

  const markPreset = choice(
    root,
    "Điểm xuất phát",
    presets.map(({ name, label }) => [name, label]),
    (name) => {
      const { weights, means, covariances } = presets.find((p) => p.name === name);
      change({ preset: name });
      restart({ weights, means, covariances });
    },
  );
  const body = html("div", { class: "lf-body" });
  const plot = html("div", { class: "lf-plot" });
  const side = html("div", { class: "lf-side" });
  body.append(plot, side);
  root.append(body);

  const actions = html("div", { class: "lf-choice" });
  const action = (label, act) => {
    const node = html("button", { type: "button" }, label);
    node.addEventListener("click", act);
    actions.append(node);
    return node;
  };
  const one = action("Một bước EM", () => run(1));
  const ten = action("Mười bước", () => run(10));
  one.dataset.value = "one";
  ten.dataset.value = "ten";
  const row = readout(side);
  const out = {
    step: row("số bước"),
    value: row("log hợp lý trung bình (nat)", "lf-sum lf-value"),
    gain: row("bước vừa rồi thêm được", "lf-gain"),
    parts: HUES.map((_, k) => row(`$π_${k + 1}$ và độ lệch chuẩn nhỏ nhất`, `lf-part lf-part-${k}`)),
  };
  side.prepend(actions);
  const tick = html("input", { type: "checkbox" });
  tick.addEventListener("change", () => change({ use_ridge: tick.checked }));
  const text = html("span", {}, ...prose(`cộng $${format(model.get("ridge"), 2)}$ vào mỗi phương sai`));
  side.append(html("div", { class: "lf-options" }, html("label", {}, tick, text)));
  side.append(html("div", { class: "lf-label" }, "Log hợp lý theo bước"));
  const chart = svg(side, "svg", { role: "img", "aria-label": "Log hợp lý trung bình theo bước EM" });
  const hint = html("p", { class: "lf-hint", "aria-live": "polite" });
  root.append(hint);

  const picture = svg(plot, "svg", { role: "group", "aria-label": "Các điểm và ba thành phần" });
  const axes = svg(picture, "g");
  const inside = clipped(picture);
  const dots = points.map(() => svg(inside.group, "circle", { r: 3.4, class: "lf-point" }));
  const rings = HUES.map((hue) =>
    [1, 2].map((size) => svg(inside.group, "path", { class: `lf-ellipse lf-ellipse-${size}`, style: `stroke: var(--lf-${hue})` })),
  );
  let [scaleX, scaleY, width] = [null, null, 0];
  const handles = HUES.map((hue, k) => {
    const node = svg(picture, "g", {
      class: "lf-handle",
      tabindex: 0,
      role: "slider",
      "aria-roledescription": "điểm hai chiều",
      "aria-label": `Tâm của thành phần ${k + 1}`,
      "aria-valuemin": BOX[0],
      "aria-valuemax": BOX[1],
    });
    svg(node, "circle", { class: "lf-target", r: 19 });
    svg(node, "circle", { class: "lf-ring", r: 12 });
    svg(node, "circle", { class: "lf-dot", r: 7.5, style: `fill: var(--lf-${hue})` });
    const move = (x, y) => {
      const means = model.get("means").map((m) => [...m]);
      means[k] = [+clamp(x, BOX[0], BOX[1]).toFixed(3), +clamp(y, BOX[2], BOX[3]).toFixed(3)];
      change({ preset: "" });
      restart({ means });
    };
    draggable(node, picture, { move: (px, py) => move(scaleX.invert(px), scaleY.invert(py)) });
    arrowKeys(node, (dx, dy) => {
      const [x, y] = model.get("means")[k];
      move(x + 0.1 * dx, y + 0.1 * dy);
    });
    return node;
  });

  const themeColors = () =>
    HUES.map((hue) => {
      const hex = getComputedStyle(root).getPropertyValue(`--lf-${hue}`).trim();
      return [1, 3, 5].map((i) => parseInt(hex.slice(i, i + 2), 16));
    });

  function layout() {
    root.classList.toggle("lf-wide", root.clientWidth >= 640);
    width = Math.min(plot.clientWidth, 560);
    const [left, top, right] = [26, 20, width - 8];
    const height = ((right - left) * (BOX[3] - BOX[2])) / (BOX[1] - BOX[0]);
    const bottom = top + height;
    setAttributes(picture, { width, height: bottom + 34, viewBox: `0 0 ${width} ${bottom + 34}` });
    inside.cut(left, top, right - left, height);
    scaleX = linear([BOX[0], BOX[1]], [left, right]);
    scaleY = linear([BOX[2], BOX[3]], [bottom, top]);
    axes.replaceChildren();
    for (const v of ticks(BOX[0], BOX[1], 5)) {
      const label = svg(axes, "text", { x: scaleX(v), y: bottom + 16, "text-anchor": "middle" });
      label.textContent = tickLabel(v);
    }
    for (const v of ticks(BOX[2], BOX[3], 4)) {
      const label = svg(axes, "text", { x: left - 5, y: scaleY(v) + 4, "text-anchor": "end" });
      label.textContent = tickLabel(v);
    }
    svg(axes, "rect", { class: "lf-frame", x: left, y: top, width: right - left, height });
    svgMath(axes, "x_1", { x: right, y: bottom + 30, "text-anchor": "end" });
    svgMath(axes, "x_2", { x: left + 2, y: top - 7 });
    points.forEach(([x, y], n) => setAttributes(dots[n], { cx: scaleX(x), cy: scaleY(y) }));
    draw();
  }

  function drawChart(history) {
    const [w, h, left, bottom, top] = [Math.max(180, Math.min(chart.parentNode.clientWidth, 420)), 132, 44, 108, 10];
    setAttributes(chart, { width: w, height: h, viewBox: `0 0 ${w} ${h}` });
    chart.replaceChildren();
    const steps = Math.max(5, history.length - 1);
    const [low, high] = [Math.min(...history), Math.max(...history)];
    const pad = Math.max(0.05, 0.1 * (high - low));
    const x = linear([0, steps], [left, w - 10]);
    const y = linear([low - pad, high + pad], [bottom, top]);
    for (const v of ticks(low - pad, high + pad, 3)) {
      svg(chart, "line", { class: "lf-gridline", x1: left, x2: w - 10, y1: y(v), y2: y(v) });
      svg(chart, "text", { x: left - 5, y: y(v) + 4, "text-anchor": "end" }).textContent = tickLabel(v);
    }
    for (const v of ticks(0, steps, 4)) {
      if (v === Math.round(v))
        svg(chart, "text", { x: x(v), y: bottom + 15, "text-anchor": "middle" }).textContent = v;
    }
    svg(chart, "path", { class: "lf-curve lf-history", d: polyline(history.map((v, i) => [x(i), y(v)])) });
    svg(chart, "circle", { class: "lf-last", r: 4, cx: x(history.length - 1), cy: y(history.at(-1)) });
  }

  function draw() {
    if (!scaleX) return;
    const now = state();
    const { shares, logLikelihood } = eStep(points, now);
    const colors = themeColors();
    points.forEach((_, n) => {
      const mixed = [0, 1, 2].map((c) => Math.round(shares[n].reduce((s, r, k) => s + r * colors[k][c], 0)));
      dots[n].setAttribute("style", `fill: rgb(${mixed})`);
    });
    now.means.forEach(([mx, my], k) => {
      const [a, b, c] = now.covariances[k];
      const [l11, l21] = [Math.sqrt(a), b / Math.sqrt(a)];
      const l22 = Math.sqrt(Math.max(0, c - l21 * l21));
      rings[k].forEach((ring, i) => {
        const turn = Array.from({ length: 49 }, (_, t) => (t * Math.PI) / 24);
        const edge = turn.map((t) => {
          const [p, q] = [(i + 1) * Math.cos(t), (i + 1) * Math.sin(t)];
          return [scaleX(mx + l11 * p), scaleY(my + l21 * p + l22 * q)];
        });
        ring.setAttribute("d", polyline(edge));
      });
      setAttributes(handles[k], {
        transform: `translate(${scaleX(clamp(mx, BOX[0], BOX[1])).toFixed(1)} ${scaleY(clamp(my, BOX[2], BOX[3])).toFixed(1)})`,
        "aria-valuenow": mx,
        "aria-valuetext": `tâm (${format(mx)}; ${format(my)}), trọng số ${format(now.weights[k])}`,
      });
      const narrow = Math.sqrt(eigenvalues(now.covariances[k])[0]);
      out.parts[k].value.textContent = `${format(now.weights[k], 3)}; ${narrow < 0.005 ? narrow.toExponential(0).replace("-", "−") : format(narrow, 2)}`;
      out.parts[k].name.style.color = `var(--lf-${HUES[k]})`;
    });
    const history = model.get("history");
    const gain = history.length > 1 ? history.at(-1) - history.at(-2) : NaN;
    out.step.value.textContent = history.length - 1;
    out.value.value.textContent = format(logLikelihood, 4);
    out.gain.value.textContent = Number.isNaN(gain) ? "–" : format(gain, 4);
    drawChart(history);
    const dead = collapsed(now);
    one.disabled = ten.disabled = dead;
    const message = dead
      ? `Thành phần ${flattest(now) + 1} đã co lại quanh một điểm: phương sai gần 0, đi tiếp thì log hợp lý ra vô cùng. Chọn lại điểm xuất phát, hoặc cộng thêm vào phương sai.`
      : gain < 1e-5
        ? "EM đã đến một đỉnh: bước vừa rồi hầu như không thêm gì. Có phải đỉnh cao nhất không?"
        : HINT;
    if (hint.textContent !== message) hint.textContent = message;
    hint.classList.toggle("lf-active", message !== HINT);
    tick.checked = model.get("use_ridge");
    markPreset(model.get("preset"));
  }

  const redraw = once(draw);
  const keys = ["weights", "means", "covariances", "history", "preset", "use_ridge"];
  const names = keys.map((key) => `change:${key}`).join(" ");
  model.on(names, redraw);
  const stops = [onWidth(root, layout), onTheme(redraw)];
  return () => {
    stops.forEach((stop) => stop());
    model.off(names, redraw);
  };
}

export default { render };
