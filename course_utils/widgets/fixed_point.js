// Nghịch đảo của y = x + g(x) bằng phép lặp x ← y − g(x): mạng nhện và sai số từng bước.

const [LIP, Y, START] = [[0.2, 1.6], [-2.5, 2.5], [-3.5, 3.5]];
// Nửa cạnh khung mạng nhện; nghiệm y/(1 − L) của g(x) = −L x ở xa hơn cả.
const reachOf = (preset) => (preset === "minus" ? 9 : 4);
const TOLERANCE = 1e-6; // so với sai số lúc đầu
const TINY = 1e-9; // gần nghiệm đến thế thì coi như xuất phát đúng tại nghiệm
const MOST = 3000; // số bước nhiều nhất khi xem phép lặp đi về đâu
const LOG = [-8, 2]; // khung của thang log, lũy thừa của 10
const HINT =
  "Kéo chấm xanh để đổi $y$, chấm đen để đổi điểm xuất phát $x_0$, hoặc dùng Tab và phím mũi tên. " +
  "Cam: đường $y − g(x)$; vòng tròn: nghiệm.";
const SHAPES = { plus: (x) => x, minus: (x) => -x, tanh: Math.tanh, sine: Math.sin };
const WORST = "Hàm tuyến tính là trường hợp xấu nhất: mỗi bước sai số nhân đúng $L$, và $x_n$";
const BELOW = "Sai số nằm dưới đường $L^n$: gần như ở đâu $g$ cũng thoải hơn $L$.";
const CONTRACTIONS = {
  plus: `${WORST} nhảy qua nhảy lại hai bên nghiệm.`,
  minus: `${WORST} tiến từ một phía.`,
  tanh: BELOW,
  sine: BELOW,
};
const MAP_WORDS = {
  plus: () => "$φ(x) = (1 + L) x$ vẫn khả nghịch, nghiệm là $y/(1 + L)$: hỏng là cách tìm, không phải hàm.",
  minus: (lip) =>
    lip === 1
      ? "$φ(x) = x − x = 0$ với mọi $x$: hàm không còn khả nghịch. Với $y ≠ 0$ không có nghiệm nào, " +
        "với $y = 0$ thì $x$ nào cũng là nghiệm."
      : "$φ(x) = (1 − L) x$ vẫn khả nghịch, chỉ đổi hướng: hỏng là cách tìm, không phải hàm.",
  tanh: () => "$φ(x) = x + L tanh x$ tăng chặt với mọi $L$, nên luôn khả nghịch.",
  sine: (lip) =>
    lip === 1
      ? "$φ(x) = x + sin x$ vẫn tăng, dù có chỗ dốc bằng 0."
      : "$φ(x) = x + L sin x$ đã gấp: có những $y$ ứng với ba nghiệm.",
};
const OUTCOMES = {
  converges: "Lần này phép lặp vẫn hội tụ, vì gần nghiệm $|g′| < 1$; nhưng không còn gì bảo đảm.",
  slow: "Phép lặp còn lại gần nghiệm, nhưng càng đi càng chậm: không có tốc độ $L^n$ nào cả.",
  cycle: "Phép lặp đi qua đi lại mãi giữa hai điểm.",
  diverges: "Phép lặp phân kỳ: mỗi bước một xa nghiệm.",
  wanders: "Phép lặp lang thang, không về đâu.",
};

/** g(x) với hằng số Lipschitz `lip`. */
export const residual = (name, lip) => (x) => lip * SHAPES[name](x);

/** x₀, x₁, …; dừng sớm khi đã ra quá xa. */
export function iterate(g, y, start, steps) {
  const path = [start];
  while (path.length <= steps && Math.abs(path.at(-1)) < 1e12) path.push(y - g(path.at(-1)));
  return path;
}

/** Nghiệm của x + g(x) = y gần `near` nhất; null nếu không có, hay có vô số. */
export function solve(name, lip, y, near) {
  if (name === "plus") return y / (1 + lip);
  if (name === "minus") return lip === 1 ? null : y / (1 - lip);
  const g = residual(name, lip);
  const above = (x) => x + g(x) >= y;
  const [from, h] = [y - lip - 0.01, 0.01003]; // |g| ≤ L nên |x − y| ≤ L
  let best = null;
  for (let a = from; a < y + lip + 0.01; a += h) {
    if (above(a) === above(a + h)) continue;
    let [low, high] = [a, a + h];
    for (let i = 0; i < 60; i++) {
      const middle = (low + high) / 2;
      if (above(middle) === above(a)) low = middle;
      else high = middle;
    }
    if (best === null || Math.abs(low - near) < Math.abs(best - near)) best = low;
  }
  return best;
}

/** Phép lặp đi về đâu: `outcome`, nghiệm `root`, và số bước `count` để sai số còn 10⁻⁶ lúc đầu. */
export function follow(name, lip, y, start) {
  const path = iterate(residual(name, lip), y, start, MOST);
  const [last, before, earlier] = [1, 2, 3].map((k) => path.at(-k));
  const root = solve(name, lip, y, last);
  const errors = root === null ? [] : path.map((x) => Math.abs(x - root));
  const first = errors[0];
  const reached = first > TINY ? errors.findIndex((e) => e <= TOLERANCE * first) : 0;
  let outcome = "wanders";
  if (Math.abs(last) > 1e3) outcome = "diverges";
  else if (Math.abs(last - before) < 1e-9) outcome = "converges";
  else if (Math.abs(last - earlier) < 1e-9) outcome = "cycle";
  else if (errors.at(-1) < 0.9 * errors[MOST / 2]) outcome = "slow";
  return { path, root, errors, outcome, count: root === null || reached < 0 ? null : reached };
}

/** Số bước mà Lⁿ ≤ 10⁻⁶ bảo đảm. */
export const promised = (lip) => (lip < 1 ? Math.ceil(Math.log(TOLERANCE) / Math.log(lip)) : null);

/** Lời dẫn dưới hình. */
function explain(preset, lip, outcome, first) {
  if (first <= TINY) return "Xuất phát đúng tại nghiệm: phép lặp đứng yên. Hãy kéo điểm xuất phát ra chỗ khác.";
  if (lip < 1) return `$L < 1$: ánh xạ co, phép lặp hội tụ từ mọi điểm xuất phát. ${CONTRACTIONS[preset]}`;
  const words = MAP_WORDS[preset](lip);
  return preset === "minus" && lip === 1 ? words : `${OUTCOMES[outcome]} ${words}`;
}

const power = (k) => `10${[...String(k)].map((c) => "⁻⁰¹²³⁴⁵⁶⁷⁸⁹"["-0123456789".indexOf(c)]).join("")}`;

function render({ model, el }) {
  const root = figureRoot(el, model, "lf-fixed");
  const save = saver(model);
  const change = (values) => {
    for (const [key, value] of Object.entries(values)) model.set(key, value);
    save();
  };

  const labels = model.get("presets").map((p) => [p.name, html("span", {}, ...prose(p.label))]);
  const markPreset = choice(root, "Chọn hàm g", labels, (preset) => change({ preset }));
  const bar = (...children) => {
    const node = html("div", { class: "lf-steps", style: "margin-top: 8px" });
    node.append(...children);
    root.append(node);
  };
  const input = (className, label, min, max, step, set) => {
    const node = html("input", { type: "range", class: className, "aria-label": label, min, max, step });
    node.addEventListener("input", () => set(Number(node.value)));
    return node;
  };
  const value = () => html("output", { style: "min-width: 3.4em; text-align: right" });
  const slope = input("lf-lip", "Hằng số Lipschitz L", ...LIP, 0.01, (lipschitz) => change({ lipschitz }));
  const slopeValue = value();
  const name = html("span", { style: "min-width: 2.6em" }, math("L"));
  bar(name, slope, slopeValue);
  const button = (text, label, by) => {
    const node = html("button", { type: "button", "aria-label": label }, text);
    node.addEventListener("click", () => change({ step: shownStep() + by }));
    return node;
  };
  const back = button("◀", "Lùi một bước", -1);
  const next = button("▶", "Tiến một bước", 1);
  next.classList.add("lf-next");
  const steps = input("lf-step", "Số bước n", 0, 40, 1, (step) => change({ step }));
  const stepsValue = value();
  bar(back, steps, next, stepsValue);

  const body = html("div", { class: "lf-body", style: "margin-top: 10px" });
  const panels = html("div", { class: "lf-panels" });
  const side = html("div", { class: "lf-side" });
  body.append(panels, side);
  root.append(body);
  const panel = (label) => {
    const box = html("div", { class: "lf-panel" });
    panels.append(box);
    const picture = svg(box, "svg", { role: "group", "aria-label": label });
    return { picture, axes: svg(picture, "g"), ...clipped(picture) };
  };
  const web = panel("Mạng nhện của phép lặp x ← y − g(x)");
  const chart = panel("Sai số từng bước, thang log, bên đường L mũ n");
  const path = (parent, attributes) => svg(parent, "path", attributes);
  const diagonal = path(web.group, { class: "lf-axis", style: "stroke-width: 1.3" });
  const curve = path(web.group, { class: "lf-edge-x" });
  const thread = path(web.group, {
    class: "lf-thread",
    style: "fill: none; stroke: var(--lf-ink); stroke-width: 1.3; stroke-linejoin: round",
  });
  const solution = svg(web.group, "circle", {
    r: 6,
    style: "fill: none; stroke: var(--lf-third); stroke-width: 2.4",
  });
  const tip = svg(web.group, "circle", { r: 4, style: "fill: var(--lf-warn)" });
  const goal = path(chart.group, { class: "lf-axis", style: "stroke: var(--lf-third); stroke-dasharray: 4 3" });
  const bound = path(chart.group, { class: "lf-edge-z" });
  const future = path(chart.group, {
    style: "fill: none; stroke: var(--lf-x); stroke-opacity: 0.4; stroke-width: 3.4; stroke-linecap: round",
  });
  const done = path(chart.group, {
    class: "lf-errors",
    style: "fill: none; stroke: var(--lf-x); stroke-width: 5; stroke-linecap: round",
  });

  const handle = (className, label, orientation) => {
    const node = svg(web.picture, "g", {
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
  const yHandle = handle("lf-at-z lf-y", "Giá trị y", "vertical");
  const startHandle = handle("lf-start", "Điểm xuất phát x₀", "horizontal");
  let scale;
  const moveY = (y) => change({ y: +clamp(y, ...Y).toFixed(3) });
  const moveStart = (x) => change({ start: +clamp(x, ...START).toFixed(3) });
  draggable(yHandle, web.picture, { move: (_, py) => moveY(scale.y.invert(py)) });
  draggable(startHandle, web.picture, { move: (px) => moveStart(scale.x.invert(px)) });
  arrowKeys(yHandle, (dx, dy) => moveY(model.get("y") + 0.05 * (dx + dy)));
  arrowKeys(startHandle, (dx, dy) => moveStart(model.get("start") + 0.05 * (dx + dy)));

  const [left, right] = [html("div"), html("div")];
  side.append(left, right);
  const rowLeft = readout(left);
  const rowRight = readout(right);
  const out = {
    step: rowLeft("bước $n$"),
    x: rowLeft("$x_n$"),
    root: rowLeft("nghiệm $x*$ của $x + g(x) = y$"),
    error: rowLeft("$|x_n − x*|$", "lf-is-x"),
    ratio: rowRight("sai số so với lúc đầu", "lf-is-x"),
    bound: rowRight("$L^n$", "lf-is-z"),
    count: rowRight("số bước tới $10$⁻⁶, đo được", "lf-gap lf-is-x"),
    promised: rowRight("$⌈ln 10$⁻⁶$ / ln L⌉$", "lf-is-z"),
  };
  const note = html("p", { class: "lf-note", "aria-live": "polite" });
  root.append(note, html("p", { class: "lf-hint" }, ...prose(HINT)));

  let length = 40; // số bước của hình bên phải
  const shownStep = () => clamp(model.get("step"), 0, length);

  function frame({ picture, axes, cut }, size, height) {
    const box = { x: 34, y: 24, width: size - 40, height: height - 52 };
    setAttributes(picture, { width: size, height, viewBox: `0 0 ${size} ${height}` });
    cut(box.x, box.y, box.width, box.height);
    axes.replaceChildren();
    svg(axes, "rect", { class: "lf-frame", ...box });
    return [[box.x, box.x + box.width], [box.y + box.height, box.y]];
  }
  const tick = (axes, text, x, y, anchor) =>
    (svg(axes, "text", { x, y, "text-anchor": anchor }).textContent = text);

  function drawWeb(size, reach, g, y, trail, fixed) {
    const [across, up] = frame(web, size, size);
    const x = linear([-reach, reach], across);
    const v = linear([-reach, reach], up);
    scale = { x, y: v };
    for (const t of ticks(-0.8 * reach, 0.8 * reach, 4)) {
      svg(web.axes, "line", { class: "lf-gridline", x1: x(t), x2: x(t), y1: up[0], y2: up[1] });
      svg(web.axes, "line", { class: "lf-gridline", x1: across[0], x2: across[1], y1: v(t), y2: v(t) });
      tick(web.axes, tickLabel(t), x(t), up[0] + 24, "middle");
      tick(web.axes, tickLabel(t), across[0] - 6, v(t) + 4, "end");
    }
    svgMath(web.axes, "x", { x: across[1], y: up[0] + 24, "text-anchor": "end" });
    svgMath(web.axes, "y − g(x)", { x: across[0], y: up[1] - 7, class: "lf-label-x" });
    const xs = Array.from({ length: 161 }, (_, i) => reach * (i / 80 - 1));
    diagonal.setAttribute("d", polyline([-reach, reach].map((t) => [x(t), v(t)])));
    curve.setAttribute("d", polyline(xs.map((t) => [x(t), v(y - g(t))])));
    // Từ x lên đường cong, rồi sang đường chéo; chặn lại để tọa độ không quá lớn.
    const px = (t) => x(clamp(t, -50, 50));
    const py = (t) => v(clamp(t, -50, 50));
    const points = [[px(trail[0]), up[0]]];
    for (let n = 1; n < trail.length; n++) {
      points.push([px(trail[n - 1]), py(trail[n])], [px(trail[n]), py(trail[n])]);
    }
    thread.setAttribute("d", polyline(points));
    const [tx, ty] = points.at(-1);
    setAttributes(tip, { cx: tx, cy: ty });
    setAttributes(solution, { cx: x(fixed ?? 99), cy: v(fixed ?? 99) });
    const place = (node, at, [min, max], now, text) =>
      setAttributes(node, {
        transform: `translate(${at})`,
        "aria-valuemin": min,
        "aria-valuemax": max,
        "aria-valuenow": now,
        "aria-valuetext": `${text} = ${format(now)}`,
      });
    place(yHandle, [x(0), v(y)], Y, y, "y");
    place(startHandle, [x(trail[0]), up[0]], START, trail[0], "x₀");
  }

  function drawChart(size, height, lip, ratios, step) {
    const [across, up] = frame(chart, size, height);
    const x = linear([-0.02 * length, 1.02 * length], across);
    const v = linear(LOG, up);
    for (let k = LOG[0]; k <= LOG[1]; k += 2) {
      svg(chart.axes, "line", { class: "lf-gridline", x1: across[0], x2: across[1], y1: v(k), y2: v(k) });
      tick(chart.axes, power(k), across[0] - 4, v(k) + 4, "end");
    }
    for (const t of ticks(0, length, 4)) {
      if (t < 0.9 * length) tick(chart.axes, tickLabel(t), x(t), up[0] + 24, "middle");
    }
    svgMath(chart.axes, "n", { x: across[1], y: up[0] + 24, "text-anchor": "end" });
    svgMath(chart.axes, "L^n", { x: across[1] - 20, y: up[1] - 7, class: "lf-label-z" });
    tick(chart.axes, "sai số so với lúc đầu", across[0], up[1] - 7, "start");
    chart.axes.lastChild.setAttribute("class", "lf-label-x");
    const log = (r) => clamp(Math.log10(r), LOG[0] - 3, LOG[1] + 3);
    goal.setAttribute("d", `M${across[0]} ${v(-6)}H${across[1]}`);
    bound.setAttribute("d", polyline([0, length].map((n) => [x(n), v(n * Math.log10(lip))])));
    const dots = ratios.map((r, n) => (r > 0 ? `M${x(n).toFixed(1)} ${v(log(r)).toFixed(1)}h0` : ""));
    future.setAttribute("d", dots.slice(step + 1).join("") || "M0 0");
    done.setAttribute("d", dots.slice(0, step + 1).join("") || "M0 0");
  }

  function draw() {
    if (!root.clientWidth) return; // đang ẩn
    const [preset, lip] = [model.get("preset"), model.get("lipschitz")];
    const [y, start] = [model.get("y"), model.get("start")];
    const { path: trail, root: fixed, errors, outcome, count } = follow(preset, lip, y, start);
    length = count === null ? 40 : clamp(10 * Math.ceil(0.115 * count), 20, 400);
    const step = shownStep();
    const wide = root.clientWidth >= 520;
    panels.style.gridTemplateColumns = wide ? "1fr 1fr" : "minmax(0, 1fr)";
    side.style.cssText = wide ? "display: grid; grid-template-columns: 1fr 1fr; gap: 24px" : "";
    const space = clamp(panels.clientWidth, 200, 830); // lúc trang chưa bày xong, bề rộng là 0
    const size = wide ? Math.floor((space - 14) / 2) : Math.min(space, 400);
    const ratios = errors[0] > TINY ? errors.slice(0, length + 1).map((e) => e / errors[0]) : [];
    drawWeb(size, reachOf(preset), residual(preset, lip), y, trail.slice(0, step + 1), fixed);
    drawChart(size, wide ? size : Math.round(0.72 * size), lip, ratios, step);

    markPreset(preset);
    slope.value = lip;
    slope.setAttribute("aria-valuetext", `L = ${format(lip)}`);
    slopeValue.textContent = format(lip);
    steps.max = length;
    steps.value = step;
    steps.setAttribute("aria-valuetext", `bước ${step} trên ${length}`);
    stepsValue.replaceChildren(math(`n = ${step}`));
    back.disabled = step === 0;
    next.disabled = step === length;
    const small = (v) => {
      if (v === undefined) return "–";
      if (v > 1e9) return "quá lớn";
      if (v === 0 || (v >= 1e-3 && v < 1e5)) return format(v, 4);
      const [digits, k] = v.toExponential(1).split("e");
      return `${digits} · ${power(Number(k))}`;
    };
    const show = (key, text) => (out[key].value.textContent = text);
    const now = trail[step];
    show("step", step);
    show("x", now === undefined || Math.abs(now) > 1e9 ? "quá lớn" : format(now, 4));
    show("root", fixed === null ? "không có" : format(fixed, 4));
    show("error", small(errors[step]));
    show("ratio", small(ratios[step]));
    show("bound", small(lip ** step));
    show("count", count === null ? `không tới` : count);
    show("promised", promised(lip) ?? "không bảo đảm");

    const text = explain(preset, lip, outcome, errors[0]);
    if (note.dataset.text !== text) note.replaceChildren(...prose(text));
    note.dataset.text = text;
  }

  const keys = ["preset", "lipschitz", "y", "start", "step"].map((k) => `change:${k}`).join(" ");
  const redraw = once(draw);
  model.on(keys, redraw);
  const stop = onWidth(root, draw);
  return () => {
    stop();
    model.off(keys, redraw);
  };
}

export default { render };
