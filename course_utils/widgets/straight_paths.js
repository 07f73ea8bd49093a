// Khớp luồng một chiều: đoạn thẳng nối các cặp cắt nhau, quỹ đạo của trường biên thì không.

const VIEW = 3.6; // trục x từ −3.6 tới 3.6
const HINT = "Kéo chấm lớn ở mép trái hình phải lên xuống, hoặc Tab rồi phím mũi tên, để đổi $x_0$.";
const NOTES = {
  independent:
    "Ghép độc lập: qua một điểm $(x, t)$ có nhiều đoạn thẳng, vận tốc khác nhau. Trường biên chỉ có một giá trị ở đó, là trung bình của chúng, nên quỹ đạo không cắt nhau mà cong. Một bước Euler tới đúng $E[x_1 | x_0]$: ghép độc lập thì đó là trung bình của dữ liệu, cho mọi $x_0$.",
  ot:
    "Ghép tối ưu trong lô: một chiều thì tối ưu là ghép theo thứ tự. Trong một lô không còn đoạn nào cắt nhau; giữa hai lô thì vẫn còn. Lô càng lớn, vận tốc qua một điểm càng ít tản, quỹ đạo càng thẳng.",
  reflow:
    "Sau khi nắn thẳng: nối $x_0$ với $ψ_1(x_0)$, nơi luồng ghép độc lập đưa nó tới. Qua mỗi điểm chỉ còn một đoạn, nên quỹ đạo chính là đoạn ấy và một bước Euler là đủ. Một chiều thì cặp này cũng là ghép tối ưu; nhiều chiều thì chỉ chắc chi phí không tăng.",
};

function render({ model, el }) {
  const root = figureRoot(el, model, "lf-straight");
  const presets = model.get("presets");
  const noise = model.get("noise");
  const save = saver(model);
  const change = (values) => {
    for (const [key, value] of Object.entries(values)) model.set(key, value);
    save();
  };
  const row = (label) => {
    const node = html("div", { class: "lf-options" });
    node.append(html("span", { style: "color: var(--lf-muted); font-size: 13px" }, label));
    root.append(node);
    return node;
  };
  const pick = (label, legend, options, key, cast = (v) => v) =>
    choice(row(label), legend, options, (value) => change({ [key]: cast(value) }));
  const numbers = (values) => values.map((n) => [String(n), String(n)]);
  const markPreset = pick("Dữ liệu", "Phân phối của dữ liệu", presets.map((p) => [p.name, p.label]), "preset");
  const ways = [["independent", "độc lập"], ["ot", "tối ưu trong lô"], ["reflow", "sau khi nắn thẳng"]];
  const markCoupling = pick("Ghép đôi", "Cách ghép đôi", ways, "coupling");
  const markBlock = pick("Cỡ lô", "Số điểm của một lô", numbers([2, 4, 8, 16]), "block", Number);
  const blockRow = root.lastChild;
  const markSteps = pick("Bước Euler", "Số bước Euler", numbers([1, 2, 4, 8]), "steps", Number);

  const bar = html("div", { class: "lf-steps", style: "margin-top: 8px" });
  const slider = html("input", { type: "range", min: 0, max: 1, step: 0.01, "aria-label": "Thời điểm t" });
  const clock = html("output", { style: "min-width: 4.4em; text-align: right; font-variant-numeric: tabular-nums" });
  const play = html("button", { type: "button", "aria-label": "Cho thời gian chạy" }, "Chạy");
  bar.append(math("t"), slider, clock, play);
  root.append(bar);
  let timer = null;
  function halt() {
    clearTimeout(timer);
    timer = null;
    play.textContent = "Chạy";
  }
  slider.addEventListener("input", () => (halt(), change({ time: Number(slider.value) })));
  play.addEventListener("click", () => {
    if (timer) return halt();
    if (model.get("time") === 1) change({ time: 0 });
    const [step, pause] = reducedMotion() ? [0.1, 300] : [0.01, 35];
    play.textContent = "Dừng";
    const advance = () => {
      change({ time: +Math.min(1, model.get("time") + step).toFixed(4) });
      if (model.get("time") === 1) halt();
      else timer = setTimeout(advance, pause);
    };
    timer = setTimeout(advance, pause);
  });

  const panels = html("div", { class: "lf-panels", style: "margin-top: 12px" });
  root.append(panels);
  const panel = (label, ...layers) => {
    const box = html("div", { class: "lf-panel" });
    panels.append(box);
    const picture = svg(box, "svg", { role: "group", "aria-label": label });
    const axes = svg(picture, "g");
    const inside = clipped(picture);
    const paths = layers.map(([className, style]) => svg(inside.group, "path", { class: className, style: `fill: none; ${style}` }));
    return { picture, axes, paths, cut: inside.cut, marks: svg(inside.group, "g") };
  };
  const thin = "stroke: var(--lf-muted); stroke-width: 1; stroke-opacity: 0.6";
  const left = panel("Đoạn thẳng nối các cặp", ["lf-segments", thin], ["lf-fan", "stroke: var(--lf-z); stroke-width: 1.3; stroke-opacity: 0.75"], ["lf-mean", "stroke: var(--lf-x); stroke-width: 3"]);
  const right = panel("Quỹ đạo của trường biên", ["lf-trajectories", thin], ["lf-own", "stroke: var(--lf-z); stroke-width: 2.6"], ["lf-euler", "stroke: var(--lf-x); stroke-width: 2; stroke-dasharray: 5 3"]);
  const handle = svg(right.picture, "g", {
    class: "lf-handle",
    tabindex: 0,
    role: "slider",
    "aria-label": "Nơi xuất phát x₀",
    "aria-orientation": "vertical",
    "aria-valuemin": -3,
    "aria-valuemax": 3,
  });
  for (const [part, r] of [["target", 20], ["ring", 11], ["dot", 7]]) svg(handle, "circle", { class: `lf-${part}`, r });
  let y;
  const move = (x0) => change({ start: +clamp(x0, -3, 3).toFixed(3) });
  draggable(handle, right.picture, { start: halt, move: (_, py) => move(y.invert(py)) });
  arrowKeys(handle, (dx, dy) => move(model.get("start") + 0.05 * (dx + dy)));

  const foot = html("div", { class: "lf-foot" });
  const [one, all] = [html("div"), html("div")];
  foot.append(one, all);
  root.append(foot);
  const [rowOne, rowAll] = [readout(one), readout(all)];
  const out = {
    place: rowOne("$x_t$ của chấm lớn", "lf-place"),
    speed: rowOne("vận tốc trung bình $u(x_t, t)$", "lf-is-x lf-speed"),
    spread: rowOne("các vận tốc qua đó tản", "lf-is-z lf-spread"),
    euler: rowOne("Euler tới", "lf-gap lf-is-x lf-euler-end"),
    end: rowOne("quỹ đạo tới $ψ_1(x_0)$", "lf-is-z lf-end"),
    euler_error: rowOne("sai số quân phương của Euler", "lf-sum lf-euler-error"),
    segments: rowAll("chỗ cắt nhau: đoạn thẳng", "lf-segment-count"),
    curves: rowAll("chỗ cắt nhau: quỹ đạo", "lf-curve-count"),
    pair_cost: rowAll("chi phí của cặp, $E|x_1 − x_0|^2$", "lf-gap lf-pair-cost"),
    flow_cost: rowAll("chi phí của luồng", "lf-flow-cost"),
    straightness: rowAll("độ thẳng $S$ (0: thẳng đều)", "lf-is-z lf-straightness"),
    loss: rowAll("mất mát khớp luồng nhỏ nhất", "lf-loss"),
  };
  const note = html("p", { class: "lf-note", "aria-live": "polite" });
  root.append(note, html("p", { class: "lf-hint" }, ...prose(HINT)));

  const memory = new Map();
  const remember = (key, make) => {
    if (memory.size > 1000) memory.clear();
    if (!memory.has(key)) memory.set(key, make());
    return memory.get(key);
  };

  /** Khung một hình: trục, hai mật độ ở hai mép, vạch thời điểm. */
  function drawFrame({ picture, axes, cut }, [width, height], target, time, [title, legend, hue]) {
    const [low, high, first, last] = [24, height - 24, 28, width - 12];
    setAttributes(picture, { width, height, viewBox: `0 0 ${width} ${height}` });
    cut(first, low, last - first + 8, high - low); // chấm ở t = 1 không bị cắt
    const x = linear([0, 1], [first, last]);
    y = linear([-VIEW, VIEW], [high, low]);
    axes.replaceChildren();
    for (const v of [-3, -2, -1, 0, 1, 2, 3]) {
      svg(axes, "path", { class: "lf-gridline", d: `M${first} ${y(v)}H${last}` });
      svg(axes, "text", { x: first - 6, y: y(v) + 4, "text-anchor": "end" }).textContent = tickLabel(v);
    }
    for (const v of [0, 0.5, 1]) svg(axes, "text", { x: x(v), y: high + 17, "text-anchor": "middle" }).textContent = tickLabel(v);
    svgMath(axes, "t", { x: x(0.75), y: high + 17, "text-anchor": "middle" });
    svg(axes, "text", { x: first, y: 14 }).textContent = title;
    svg(axes, "text", { x: last, y: 14, "text-anchor": "end", class: `lf-label-${hue}` }).textContent = legend;
    const side = (density, edge, hue) => {
      const points = Array.from({ length: 121 }, (_, i) => (i / 60 - 1) * VIEW);
      const top = Math.max(...points.map(density));
      const line = points.map((v) => [x(edge + (edge ? -0.13 : 0.13) * (density(v) / top)), y(v)]);
      svg(axes, "path", { class: `lf-area-${hue}`, d: `${polyline([[x(edge), y(-VIEW)], ...line, [x(edge), y(VIEW)]])}Z` });
    };
    side((v) => Math.exp(logNormal(v)), 0, "z");
    side((v) => targetDensity(target, v), 1, "x");
    svg(axes, "rect", { class: "lf-frame", x: first, y: low, width: last - first, height: high - low });
    svg(axes, "path", { d: `M${x(time)} ${low}V${high}`, style: "stroke: var(--lf-muted); stroke-dasharray: 2 3" });
    return x;
  }

  function draw() {
    if (!root.clientWidth) return; // đang ẩn
    const wide = root.clientWidth >= 560;
    root.classList.toggle("lf-wide", wide);
    const [preset, coupling, block, time, start, steps] = ["preset", "coupling", "block", "time", "start", "steps"].map((k) => model.get(k));
    const target = presets.find((p) => p.name === preset);
    const { from, euler } = flow(target, coupling, block);
    const key = `${preset} ${coupling} ${block}`;
    const flows = remember(key, () => noise.map((x0) => from(x0)));
    const ends = remember(`${key} pairs`, () => partners(noise, target.samples, coupling, block, from));
    const numbers = remember(`${key} ${steps}`, () => measures(target, coupling, block, steps));
    const jumps = remember(`${key} ${steps} euler`, () => noise.map((x0) => euler(x0, steps)[steps]));
    const own = remember(`${key} ${start}`, () => from(start));
    const hops = euler(start, steps);
    const at = ({ path }) => {
      const k = Math.min(Math.floor(time * STEPS), STEPS - 1);
      return path[k] + (time * STEPS - k) * (path[k + 1] - path[k]);
    };
    const here = at(own);

    const space = clamp(panels.clientWidth, 120, 1e4); // lúc trang chưa bày xong, bề rộng là 0
    const width = wide ? Math.floor((space - 14) / 2) : Math.min(space, 440);
    const size = [width, clamp(0.78 * width, 230, 330)];
    const titles = [["đoạn nối các cặp", "qua chấm lớn", "z"], ["quỹ đạo của trường", `Euler ${steps} bước`, "x"]];
    const [x] = [left, right].map((p, i) => drawFrame(p, size, target, time, titles[i]));
    const line = (points) => polyline(points.map(([t, v]) => [x(t), y(v)]));
    const through = (v) => [[0, here - time * v], [1, here + (1 - time) * v]];
    const timed = (path) => path.map((v, k) => [k / (path.length - 1), v]);
    const chances = conditional(target, coupling === "ot" ? block : 1, here, time);
    const fan = coupling === "reflow" ? [own.end - start] : quantiles(chances);
    const speed = coupling === "reflow" ? fan[0] : fieldOf(target, coupling === "ot" ? block : 1)(here, time);
    const spread = coupling === "reflow" ? 0 : Math.sqrt(expect(chances, (v) => (v - speed) ** 2));
    left.paths[0].setAttribute("d", noise.map((x0, i) => line([[0, x0], [1, ends[i]]])).join(""));
    left.paths[1].setAttribute("d", fan.map((v) => line(through(v))).join(""));
    left.paths[2].setAttribute("d", line([[time - 0.11, here - 0.11 * speed], [time + 0.11, here + 0.11 * speed]]));
    right.paths[0].setAttribute("d", flows.map(({ path }) => line(timed(path))).join(""));
    right.paths[1].setAttribute("d", line(timed(own.path)));
    right.paths[2].setAttribute("d", line(timed(hops)));
    const dot = ({ marks }, t, v, r, style) => svg(marks, "circle", { cx: x(t), cy: y(v), r, style });
    for (const p of [left, right]) p.marks.replaceChildren();
    noise.forEach((x0, i) => {
      dot(left, time, x0 + time * (ends[i] - x0), 2.2, "fill: var(--lf-muted)");
      dot(right, time, at(flows[i]), 2.2, "fill: var(--lf-muted)");
      dot(right, 1, jumps[i], 3.2, "fill: var(--lf-x)");
    });
    dot(left, time, here, 5.5, "fill: var(--lf-ink); stroke: var(--lf-surface); stroke-width: 1.5");
    dot(right, time, here, 5.5, "fill: var(--lf-ink); stroke: var(--lf-surface); stroke-width: 1.5");
    dot(right, 1, own.end, 6.5, "fill: none; stroke: var(--lf-z); stroke-width: 2.4");
    hops.slice(1).forEach((v, k) => dot(right, (k + 1) / steps, v, 4.2, "fill: var(--lf-x); stroke: var(--lf-surface)"));
    setAttributes(handle, {
      transform: `translate(${x(0)} ${y(start).toFixed(2)})`,
      "aria-valuenow": start,
      "aria-valuetext": `x₀ = ${format(start)}; tới ${format(own.end)}`,
    });

    const values = {
      place: format(here, 3),
      speed: format(speed, 3),
      spread: `± ${format(spread, 3)}`,
      euler: format(hops[steps], 3),
      end: format(own.end, 3),
      euler_error: format(numbers.euler_error, 3),
      segments: crossings(noise, ends),
      curves: Math.max(...own.path.map((_, k) => crossings(noise, flows.map(({ path }) => path[k])))),
      ...Object.fromEntries(["pair_cost", "flow_cost", "straightness", "loss"].map((k) => [k, format(numbers[k], 3)])),
    };
    for (const [name, value] of Object.entries(values)) out[name].value.textContent = value;
    slider.value = time;
    clock.textContent = `t = ${format(time)}`;
    slider.setAttribute("aria-valuetext", clock.textContent);
    blockRow.style.display = coupling === "ot" ? "" : "none";
    markPreset(preset);
    markCoupling(coupling);
    markBlock(String(block));
    markSteps(String(steps));
    if (note.dataset.text !== coupling) note.replaceChildren(...prose(NOTES[coupling]));
    note.dataset.text = coupling;
  }

  const redraw = once(draw);
  const keys = ["preset", "coupling", "block", "time", "start", "steps"].map((k) => `change:${k}`).join(" ");
  model.on(keys, redraw);
  const stop = onWidth(root, draw);
  return () => {
    halt();
    stop();
    model.off(keys, redraw);
  };
}

export default { render };
