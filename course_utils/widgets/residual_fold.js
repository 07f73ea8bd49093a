// φ(x) = x + δ·u(x): khi nào lưới gấp lại, một điểm có mấy nghiệm, và mật độ mất bao nhiêu.

const STRIDE = 4; // mỗi bốn ô một đường lưới
const VIEW = 4; // nửa cạnh hai khung của hình hai chiều
const HINT = {
  line:
    "Kéo chấm xanh để đổi mức $y$, hoặc dùng Tab và phím mũi tên. Đoạn đỏ của đường cong: " +
    "$φ′ < 0$. Nét đứt: mật độ với một nghiệm; nơi phép lặp không hội tụ thì bỏ trống.",
  plane:
    "Kéo chấm xanh bên $y$, hoặc dùng Tab và phím mũi tên. Vùng đỏ: $det < 0$, lưới lật mặt. " +
    "Chấm cam bên $x$: các nghiệm.",
};
const NOTES = {
  safe:
    "$δ·Lip(u) < 1$: mỗi $y$ đúng một nghiệm, và phép lặp $x ← y − δu(x)$ tìm ra nó " +
    "từ mọi chỗ xuất phát.",
  folded:
    "Đã gấp: có những $y$ ứng với ba $x$. Hàm không còn khả nghịch; công thức đổi biến " +
    "với một nghiệm bỏ sót khối lượng.",
  open:
    "Quá ngưỡng mà lưới trong khung chưa gấp ở đâu. Điều kiện $δ·Lip(u) < 1$ là đủ, " +
    "không phải là cần.",
  cycles:
    "Hàm vẫn tăng chặt nên vẫn khả nghịch: điều kiện là đủ, không phải là cần. Nhưng phép lặp " +
    "$x ← y − δu(x)$ không còn hội tụ với những $y$ ở giữa.",
};
const RED = "fill: none; stroke: var(--lf-warn);";

/** Chấm kéo được của y. */
function levelDot(picture, attributes) {
  const node = svg(picture, "g", { class: "lf-handle lf-at-z", tabindex: 0, role: "slider", ...attributes });
  svg(node, "circle", { class: "lf-target", r: 19 });
  svg(node, "circle", { class: "lf-ring", r: 10.5 });
  svg(node, "circle", { class: "lf-dot", r: 6.5 });
  return node;
}

/** Các nghiệm x. */
function drawDots(group, points) {
  group.replaceChildren();
  const style = "fill: var(--lf-x); stroke: var(--lf-surface); stroke-width: 1.5";
  for (const [cx, cy] of points) svg(group, "circle", { cx, cy, r: 5, style });
}

/** Một chiều: đường cong, và mật độ của Y bên phải, chung trục y. */
function lineView(plot, { y: level, move }) {
  const line = svg(plot, "svg", { role: "group", "aria-label": "Đường y = φ(x) và mật độ của Y" });
  const axes = svg(line, "g");
  const plane = clipped(line);
  const beside = clipped(line);
  const path = (parent, attributes) => svg(parent, "path", attributes);
  const diagonal = path(plane.group, { class: "lf-axis", style: "stroke-dasharray: 4 4" });
  const curve = path(plane.group, { class: "lf-curve" });
  const folded = path(plane.group, { class: "lf-folded", style: `${RED} stroke-width: 3.4` });
  const area = path(beside.group, { class: "lf-area-x" });
  const edge = path(beside.group, { class: "lf-edge-x" });
  const one = path(beside.group, { class: "lf-one", style: `${RED} stroke-width: 2; stroke-dasharray: 5 3` });
  const level0 = path(line, { class: "lf-edge-z", style: "stroke-dasharray: 3 3; stroke-width: 1.3" });
  const dots = svg(line, "g", { class: "lf-roots" });
  const handle = levelDot(line, { "aria-label": "Mức y", "aria-orientation": "vertical" });
  let y;
  draggable(handle, line, { move: (_, py) => move(y.invert(py)) });
  arrowKeys(handle, (dx, dy) => move(level() + 0.05 * (dx + dy)));
  const measure = remember(lineTable);

  function draw(entry, delta) {
    const width = clamp(plot.clientWidth, 240, 580); // lúc trang chưa bày xong, bề rộng là 0
    const [left, top, right] = [30, 22, width - 4];
    const middle = Math.round(left + 0.62 * (width - left));
    const start = middle + 28;
    const base = top + clamp(0.62 * width, 230, 340);
    setAttributes(line, { width, height: base + 40, viewBox: `0 0 ${width} ${base + 40}` });
    plane.cut(left, top, middle - left, base - top);
    beside.cut(start, top, right - start, base - top);
    const { map, dense, mass } = measure(entry, delta);
    const sorted = dense.map(([, all]) => all).sort((a, b) => a - b);
    const peak = clamp(1.15 * sorted[Math.floor(0.975 * sorted.length)], 0.45, 3);
    const [reachX, reachY] = entry.range;
    const x = linear([-reachX, reachX], [left, middle]);
    const d = linear([0, peak], [start, right]);
    y = linear([-reachY, reachY], [base, top]);

    axes.replaceChildren();
    const text = (v, attributes) => (svg(axes, "text", attributes).textContent = tickLabel(v));
    for (const v of ticks(-reachX, reachX, 5)) {
      svg(axes, "line", { class: "lf-gridline", x1: x(v), x2: x(v), y1: top, y2: base });
      text(v, { x: x(v), y: base + 17, "text-anchor": "middle" });
    }
    for (const v of ticks(-reachY, reachY, 6)) {
      svg(axes, "line", { class: "lf-gridline", x1: left, x2: right, y1: y(v), y2: y(v) });
      text(v, { x: left - 6, y: y(v) + 4, "text-anchor": "end" });
    }
    for (const v of ticks(0, peak, 3)) text(v, { x: d(v), y: base + 17, "text-anchor": "middle" });
    const frame = { x: left, y: top, width: middle - left, height: base - top };
    svg(axes, "rect", { class: "lf-frame", ...frame });
    svg(axes, "line", { class: "lf-axis", x1: start, x2: start, y1: top, y2: base });
    svgMath(axes, "y = φ(x)", { x: left, y: top - 7 });
    svgMath(axes, "x", { x: middle, y: base + 33, "text-anchor": "end" });
    svgMath(axes, "p(y)", { x: start, y: top - 7, class: "lf-label-x" });

    const xs = Array.from({ length: 801 }, (_, i) => reachX * (i / 400 - 1));
    const points = xs.map((v) => [x(v), y(map.phi(v))]);
    const turned = xs.map((v) => map.slope(v) < 0);
    diagonal.setAttribute("d", polyline([-9, 9].map((v) => [x(v), y(v)])));
    curve.setAttribute("d", polyline(points));
    folded.setAttribute("d", polyline(points.map((p, i) => (turned[i] ? p : [NaN, NaN]))));
    const outline = polyline(dense.map(([v, all]) => [d(Math.min(all, 9 * peak)), y(v)]));
    edge.setAttribute("d", outline);
    area.setAttribute("d", `${outline}L${start} ${top}L${start} ${base}Z`);
    one.setAttribute("d", polyline(dense.map(([v, , p]) => [p === null ? NaN : d(p), y(v)])));

    const now = level();
    const found = roots(map, now);
    const [all, single] = densities(map, now);
    level0.setAttribute("d", `M${left} ${y(now)}H${right}`);
    drawDots(dots, found.filter((r) => Math.abs(r) <= reachX).map((r) => [x(r), y(now)]));
    setAttributes(handle, {
      transform: `translate(${middle + 14} ${y(now)})`,
      "aria-valuemin": -reachY,
      "aria-valuemax": reachY,
      "aria-valuenow": now,
      "aria-valuetext": `y = ${format(now)}, số nghiệm: ${found.length}`,
    });
    return {
      y: format(now),
      roots: found.map((r) => `${format(r, 3)}; φ′ = ${format(map.slope(r))}`),
      folded: turned.includes(true),
      all: format(all, 3),
      one: single === null ? "không hội tụ" : format(single, 3),
      massAll: format(mass[0], 3),
      massOne: format(mass[1], 3),
    };
  }
  return { node: line, draw };
}

/** Hai chiều: mặt phẳng x với lưới vuông, và lưới đã biến dạng ở mặt phẳng y. */
function planeView(plot, { point, move }) {
  const panels = html("div", { class: "lf-panels" });
  plot.append(panels);
  const panel = (label) => {
    const box = html("div", { class: "lf-panel" });
    panels.append(box);
    const picture = svg(box, "svg", { role: "group", "aria-label": label });
    const axes = svg(picture, "g");
    const { group, cut } = clipped(picture);
    const style = "fill: var(--lf-warn); fill-opacity: 0.5";
    const cells = svg(group, "path", { class: "lf-cells", style });
    const mesh = svg(group, "path", { class: "lf-mesh" });
    return { picture, axes, cut, cells, mesh, dots: svg(group, "g", { class: "lf-roots" }) };
  };
  const source = panel("Mặt phẳng x: lưới vuông và các nghiệm");
  const target = panel("Mặt phẳng y: lưới đã biến dạng");
  const label = { "aria-label": "Điểm y", "aria-roledescription": "điểm hai chiều" };
  const handle = levelDot(target.picture, label);
  let scales;
  draggable(handle, target.picture, {
    move: (px, py) => move([scales.x.invert(px), scales.y.invert(py)]),
  });
  arrowKeys(handle, (dx, dy) => move([point()[0] + 0.05 * dx, point()[1] + 0.05 * dy]));

  const measure = remember(planeTable);

  function drawPanel({ picture, axes, cut, cells, mesh }, size, symbol, at, negative) {
    const margin = 26;
    const [low, high] = [6, size - margin + 6];
    const x = linear([-VIEW, VIEW], [margin, margin + high - low]);
    const y = linear([-VIEW, VIEW], [high, low]);
    setAttributes(picture, { width: size, height: size, viewBox: `0 0 ${size} ${size}` });
    cut(margin, low, high - low, high - low);
    axes.replaceChildren();
    const text = (v, attributes) => (svg(axes, "text", attributes).textContent = tickLabel(v));
    for (const v of [-2, 0, 2]) {
      text(v, { x: x(v), y: high + 16, "text-anchor": "middle" });
      text(v, { x: margin - 5, y: y(v) + 4, "text-anchor": "end" });
    }
    svg(axes, "rect", { class: "lf-frame", x: margin, y: low, width: high - low, height: high - low });
    svgMath(axes, `${symbol}_1`, { x: margin + high - low, y: high + 16, "text-anchor": "end" });
    svgMath(axes, `${symbol}_2`, { x: margin - 6, y: low + 12, "text-anchor": "end" });
    const places = at.map(([a, b]) => [x(a), y(b)]);
    const place = (i, j) => places[i * (CELLS + 1) + j];
    const drawn = ALONG.map((_, i) => i).filter((i) => i % STRIDE === 0);
    const lines = drawn.flatMap((i) => [ALONG.map((_, j) => place(i, j)), ALONG.map((_, j) => place(j, i))]);
    mesh.setAttribute("d", lines.map(polyline).join(""));
    const cell = ([i, j]) => [place(i, j), place(i + 1, j), place(i + 1, j + 1), place(i, j + 1)];
    cells.setAttribute("d", negative.map((c) => `${polyline(cell(c))}Z`).join("") || "M0 0");
    return { x, y };
  }

  function draw(entry, delta) {
    const space = clamp(plot.clientWidth, 240, 760);
    const beside = space >= 440;
    panels.style.gridTemplateColumns = beside ? "1fr 1fr" : "minmax(0, 1fr)";
    const size = beside ? Math.floor((space - 14) / 2) : Math.min(space, 400);
    const { table, images, negative, least } = measure(entry, delta);
    const from = drawPanel(source, beside ? size : Math.round(0.78 * size), "x", CORNERS, negative);
    scales = drawPanel(target, size, "y", images, negative);
    const now = point();
    const found = preimages(table, now);
    drawDots(source.dots, found.map((f) => [from.x(f.x[0]), from.y(f.x[1])]));
    const pair = ([a, b]) => `(${format(a)}; ${format(b)})`;
    setAttributes(handle, {
      transform: `translate(${scales.x(now[0])} ${scales.y(now[1])})`,
      "aria-valuemin": -RADIUS,
      "aria-valuemax": RADIUS,
      "aria-valuenow": now[0],
      "aria-valuetext": `y = ${pair(now)}, số nghiệm: ${found.length}`,
    });
    return {
      y: pair(now),
      roots: found.map((f) => `${pair(f.x)}; det = ${format(f.det)}`),
      folded: least < 0,
      det: format(least),
    };
  }
  return { node: panels, draw };
}

function render({ model, el }) {
  const root = figureRoot(el, model, "lf-fold");
  const presets = model.get("presets");
  const save = saver(model);
  const change = (values) => {
    for (const [key, value] of Object.entries(values)) model.set(key, value);
    save();
  };
  const current = () => presets.find((p) => p.name === model.get("preset")) ?? presets[0];
  const top = () => current().range?.[1] ?? RADIUS;
  const inside = (y) => +clamp(y, -top(), top()).toFixed(3);
  const lastOf = { line: "contract", plane: "pinch" };
  // Đổi hàm thì giữ nguyên δ·Lip(u), để so các hàm với nhau.
  const pick = (name) => {
    const [from, to] = [current(), presets.find((p) => p.name === name)];
    change({ preset: name, delta: +((model.get("delta") * from.lip) / to.lip).toFixed(2) });
    change({ y: inside(model.get("y")) });
  };

  const views = [["line", "một chiều"], ["plane", "hai chiều"]];
  const markView = choice(root, "Số chiều", views, (view) => pick(lastOf[view]));
  const groups = Object.fromEntries(
    views.map(([view]) => {
      const node = html("div", { style: "margin-top: 6px" });
      root.append(node);
      const options = presets.filter((p) => p.view === view);
      const labels = options.map((p) => [p.name, html("span", {}, ...prose(p.label))]);
      return [view, { node, mark: choice(node, "Chọn hàm u", labels, pick) }];
    }),
  );
  const slider = html("input", { type: "range", min: 0, step: 0.01, "aria-label": "Độ lớn δ" });
  const sliderValue = html("output", { style: "min-width: 2.6em; text-align: right" });
  const bar = html("div", { class: "lf-steps", style: "margin-top: 8px" });
  bar.append(math("δ"), slider, sliderValue);
  root.append(bar);
  slider.addEventListener("input", () => change({ delta: Number(slider.value) }));

  const body = html("div", { class: "lf-body", style: "margin-top: 8px" });
  const plot = html("div", { class: "lf-plot" });
  const side = html("div", { class: "lf-side" });
  body.append(plot, side);
  root.append(body);
  const pictures = {
    line: lineView(plot, { y: () => model.get("y"), move: (y) => change({ y: inside(y) }) }),
    plane: planeView(plot, {
      point: () => model.get("point"),
      move: (p) => change({ point: p.map((v) => +clamp(v, -RADIUS, RADIUS).toFixed(3)) }),
    }),
  };

  const [above, below] = [html("div"), html("div")];
  side.append(above, below);
  const rowAbove = readout(above);
  const lip = rowAbove("$Lip(u)$");
  const product = rowAbove("$δ · Lip(u)$", "lf-sum");
  const verdict = html("p", { class: "lf-verdict", style: "margin: 2px 0 10px; font-weight: 600" });
  above.append(verdict);
  const row = readout(below);
  const out = { det: readout(above)("$det$ nhỏ nhất trên lưới"), y: row("$y$", "lf-is-z") };
  const count = row("số nghiệm của $φ(x) = y$", "lf-sum lf-count");
  const rootRows = [1, 2, 3].map((i) => row(`$x_${i}$`, "lf-root"));
  out.all = row("$p(y)$, mọi nghiệm", "lf-gap lf-is-x");
  out.one = row("$p(y)$, một nghiệm", "lf-is-warn");
  out.massAll = row("khối lượng, mọi nghiệm", "lf-gap lf-is-x");
  out.massOne = row("khối lượng, một nghiệm", "lf-is-warn");
  const note = html("p", { class: "lf-note", "aria-live": "polite" });
  const hint = html("p", { class: "lf-hint" });
  root.append(note, hint);
  const write = (node, text) => {
    if (node.dataset.text !== text) node.replaceChildren(...prose(text));
    node.dataset.text = text;
  };

  function draw() {
    if (!root.clientWidth) return; // đang ẩn
    const [entry, delta] = [current(), model.get("delta")];
    const { view } = entry;
    // Một chiều: bảng số ở bên phải. Hai chiều: ở dưới, chia đôi.
    root.classList.toggle("lf-wide", view === "line" && root.clientWidth >= 640);
    const split = view === "plane" && root.clientWidth >= 480;
    side.style.cssText = split ? "display: grid; grid-template-columns: 1fr 1fr; gap: 24px" : "";
    lastOf[view] = entry.name;
    markView(view);
    groups[view].mark(entry.name);
    for (const [name] of views) {
      const display = name === view ? "" : "none";
      groups[name].node.style.display = pictures[name].node.style.display = display;
    }
    setAttributes(slider, { max: LARGEST / entry.lip, "aria-valuetext": `δ = ${format(delta)}` });
    slider.value = delta;
    sliderValue.textContent = format(delta);

    const safe = delta * entry.lip < 1 - 1e-9;
    const result = pictures[view].draw(entry, delta);
    lip.value.textContent = format(entry.lip);
    product.value.textContent = format(delta * entry.lip);
    verdict.textContent = safe ? "< 1: chắc chắn khả nghịch" : "≥ 1: không còn bảo đảm";
    verdict.style.color = safe ? "var(--lf-third)" : "var(--lf-warn)";
    count.value.textContent = result.roots.length;
    rootRows.forEach((cell, i) => (cell.value.textContent = result.roots[i] ?? "–"));
    for (const [key, cell] of Object.entries(out)) {
      cell.value.parentNode.style.display = key in result ? "" : "none";
      cell.value.textContent = result[key] ?? "";
    }
    const unfolded = view === "line" ? "cycles" : "open";
    write(note, NOTES[safe ? "safe" : result.folded ? "folded" : unfolded]);
    write(hint, HINT[view]);
  }

  const keys = ["preset", "delta", "y", "point"].map((k) => `change:${k}`).join(" ");
  const redraw = once(draw);
  model.on(keys, redraw);
  const stop = onWidth(root, draw);
  return () => {
    stop();
    model.off(keys, redraw);
  };
}

export default { render };
