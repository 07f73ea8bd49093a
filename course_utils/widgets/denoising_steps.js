// Hạt đi ngược từ nhiễu về hỗn hợp Gauss, với bộ khử nhiễu chính xác; đếm bước, đổi cách lùi.

const TOTAL = 100; // T của chuỗi
const CHOICES = [1, 2, 5, 10, 20, 50, 100];
const VIEW = 3; // mặt phẳng từ −3 tới 3
const TRAILS = 14; // số hạt có vẽ đường đi
const HINT = "Kéo thanh trượt hay bấm «Chạy» để lùi từng bước. Các hạt luôn xuất phát từ cùng $x_T$; «Nhiễu khác» rút lại.";
const NOTES = {
  ddim: "DDIM với $η = 0$: không thêm nhiễu, mỗi $x_T$ tới đúng một $x_0$. Đây là một ODE giải bằng bước dài: nửa độ dài bước, nửa sai số.",
  half: "DDIM với $η = 0.5$: một phần nhiễu được rút mới ở mỗi bước, phần còn lại giữ theo $ε̂$.",
  tilde: "DDPM với phương sai $β̃$, cũng là DDIM với $η = 1$. Đúng từng bước khi dữ liệu là một điểm; với cụm có bề rộng thì thiếu phương sai: từ chừng 10 bước trở lên, cụm hẹp hơn thật.",
  beta: "DDPM với phương sai $β$: đúng từng bước khi dữ liệu là $N(0, I)$; với cụm hẹp thì thừa phương sai: cụm rộng hơn thật, và gần lại khi số bước tăng.",
};
const HUES = { ddim: "var(--lf-z)", half: "var(--lf-third)", tilde: "var(--lf-x)", beta: "var(--lf-warn)" };

/** E[x₀ | x_k = (p, q)]: trung bình, theo trách nhiệm, của hồi quy trong từng cụm. */
export function denoised({ weights, means, std }, { a, noise }, k, p, q) {
  const total = (a[k] * std) ** 2 + noise[k];
  const pull = (a[k] * std * std) / total;
  const logs = means.map(([m, n], i) => Math.log(weights[i]) - (0.5 * ((p - a[k] * m) ** 2 + (q - a[k] * n) ** 2)) / total);
  const top = Math.max(...logs);
  let [mass, x, y] = [0, 0, 0];
  means.forEach(([m, n], i) => {
    const share = Math.exp(logs[i] - top);
    mass += share;
    x += share * (m + pull * (p - a[k] * m));
    y += share * (n + pull * (q - a[k] * n));
  });
  return [x / mass, y / mass];
}

/** Mọi chặng [x, y] của mỗi hạt, từ `starts`; `next()` cho nhiễu, hai số một hạt một bước. */
export function run(target, table, sampler, steps, starts, next) {
  const times = timetable(TOTAL, steps);
  const stages = [starts];
  for (let i = 0; i < steps; i++) {
    const [k, j] = [times[i], times[i + 1]];
    const step = reverseStep(table, k, j, sampler);
    const [a, sigma] = [table.a[k], Math.sqrt(table.noise[k])];
    stages.push(
      stages[i].map((point) => {
        const clean = denoised(target, table, k, ...point);
        return point.map((v, d) => {
          const eps = (v - a * clean[d]) / sigma;
          return step.x0 * clean[d] + step.eps * eps + step.x * v + (step.scale ? step.scale * next() : 0);
        });
      }),
    );
  }
  return stages;
}

/** √(E min‖x − μ‖²/2): độ rộng của cụm quanh tâm gần nhất. */
export function width(points, { means }) {
  const near = ([p, q]) => Math.min(...means.map(([m, n]) => (p - m) ** 2 + (q - n) ** 2));
  return Math.sqrt(points.reduce((sum, x) => sum + near(x), 0) / (2 * points.length));
}

function render({ model, el }) {
  const root = figureRoot(el, model, "lf-denoising");
  const table = cosineSchedule(TOTAL);
  const presets = model.get("presets");
  const samplers = model.get("samplers");
  const change = changer(model);
  const row = (label) => labelledRow(root, label);
  const named = (name) => swatched(HUES[name], samplers[name]);
  const markPreset = choice(row("Dữ liệu"), "Dữ liệu", presets.map((p) => [p.name, p.label]), (preset) => change({ preset }));
  const markSampler = choice(row("Cách lùi"), "Cách lùi", Object.keys(NOTES).map((n) => [n, named(n)]), (sampler) => change({ sampler }));
  const markSteps = choice(row("Số bước"), "Số bước", CHOICES.map((n) => [String(n), String(n)]), (v) => {
    halt();
    change({ steps: Number(v), stage: Number(v) });
  });

  const bar = html("div", { class: "lf-steps", style: "margin-top: 8px; flex-wrap: wrap; white-space: nowrap" });
  const slider = html("input", { type: "range", min: 0, step: 1, style: "min-width: 130px", "aria-label": "Đã lùi bao nhiêu bước" });
  const clock = html("output", { style: "min-width: 5em; text-align: right; font-variant-numeric: tabular-nums" });
  const play = html("button", { type: "button", class: "lf-play", "aria-label": "Lùi từng bước" }, "Chạy");
  const again = html("button", { type: "button", class: "lf-again" }, "Nhiễu khác");
  bar.append(slider, clock, play, again);
  root.append(bar);
  let timer = null;
  function halt() {
    clearTimeout(timer);
    timer = null;
    play.textContent = "Chạy";
  }
  slider.addEventListener("input", () => (halt(), change({ stage: Number(slider.value) })));
  again.addEventListener("click", () => change({ seed: model.get("seed") + 1 }));
  play.addEventListener("click", () => {
    if (timer) return halt();
    const steps = model.get("steps");
    if (model.get("stage") >= steps) change({ stage: 0 });
    play.textContent = "Dừng";
    const advance = () => {
      change({ stage: Math.min(model.get("steps"), model.get("stage") + 1) });
      if (model.get("stage") >= model.get("steps")) halt();
      else timer = setTimeout(advance, clamp(2000 / steps, 40, 500));
    };
    timer = setTimeout(advance, 300);
  });

  const panels = html("div", { class: "lf-panels", style: "margin-top: 12px" });
  root.append(panels);
  const left = panelIn(panels, "Các hạt trong mặt phẳng");
  const right = panelIn(panels, "Độ rộng của cụm theo số bước");

  const [rowOne, rowAll] = twoColumns(root);
  const out = {
    level: rowOne("đang ở bước $k$ của chuỗi", "lf-level"),
    calls: rowOne("số lần gọi bộ khử nhiễu, cả chuỗi", "lf-calls"),
    width: rowAll("độ rộng của cụm khi tới $k = 0$", "lf-width"),
    truth: rowAll("độ rộng thật", "lf-truth"),
  };
  const note = html("p", { class: "lf-note", "aria-live": "polite" });
  root.append(note, html("p", { class: "lf-hint" }, ...prose(HINT)));

  const remember = memory(200);
  const travel = (target, sampler, steps, seed) =>
    remember(`${target.name} ${sampler} ${steps} ${seed}`, () => {
      const first = gaussian(seed);
      const starts = Array.from({ length: model.get("count") }, () => [first(), first()]);
      return run(target, table, sampler, steps, starts, gaussian(seed + 1e6));
    });

  function frame({ picture, axes, inside }, size, box, x, y, xs, ys, names) {
    const [w, h] = size;
    const [first, last, low, high] = box;
    setAttributes(picture, { width: w, height: h, viewBox: `0 0 ${w} ${h}` });
    inside.cut(first, low, last - first, high - low);
    axes.replaceChildren();
    for (const v of ys) {
      svg(axes, "path", { class: "lf-gridline", d: `M${first} ${y(v)}H${last}` });
      svg(axes, "text", { x: first - 6, y: y(v) + 4, "text-anchor": "end" }).textContent = tickLabel(v);
    }
    for (const v of xs) {
      svg(axes, "path", { class: "lf-gridline", d: `M${x(v)} ${low}V${high}` });
      svg(axes, "text", { x: x(v), y: high + 16, "text-anchor": "middle" }).textContent = tickLabel(v);
    }
    svg(axes, "rect", { class: "lf-frame", x: first, y: low, width: last - first, height: high - low });
    svgMath(axes, names[1], { x: first, y: 14 });
    svgMath(axes, names[0], { x: (first + last) / 2, y: h - 4, "text-anchor": "middle" });
  }

  function drawPlane(size, target, stages, stage) {
    const box = [30, size[0] - 8, 24, size[1] - 42];
    const x = linear([-VIEW, VIEW], [box[0], box[1]]);
    const y = linear([-VIEW, VIEW], [box[3], box[2]]);
    frame(left, size, box, x, y, [-2, 0, 2], [-2, 0, 2], ["x_1", "x_2"]);
    const group = left.inside.group;
    group.replaceChildren();
    for (const [m, n] of target.means) svg(group, "circle", { cx: x(m), cy: y(n), r: Math.max(2 * target.std * x.unit, 5), style: "fill: var(--lf-x); fill-opacity: 0.16; stroke: var(--lf-x); stroke-opacity: 0.6" });
    const trails = Array.from({ length: TRAILS }, (_, i) => polyline(stages.slice(0, stage + 1).map((points) => [x(points[i][0]), y(points[i][1])])));
    svg(group, "path", { class: "lf-trails", d: trails.join(""), style: "fill: none; stroke: var(--lf-muted); stroke-width: 1; stroke-opacity: 0.8" });
    const dot = ([p, q]) => `M${x(p).toFixed(1)} ${y(q).toFixed(1)}h0`;
    svg(group, "path", { class: "lf-particles", d: stages[stage].map(dot).join(""), style: "fill: none; stroke: var(--lf-z); stroke-width: 3.4; stroke-linecap: round" });
  }

  function drawWidths(size, target, sampler, steps, seed) {
    const box = [44, size[0] - 10, 24, size[1] - 42];
    const top = target.std < 0.5 ? 3 : 1.2;
    const x = linear([-0.15, 2.15], [box[0], box[1]]);
    const y = linear([0, top], [box[3], box[2]]);
    const share = (name, n) => width(travel(target, name, n, seed).at(-1), target) / target.std;
    frame(right, size, box, (n) => x(Math.log10(n)), y, CHOICES, ticks(0, top, 4), ["số bước", "độ rộng cụm / thật"]);
    right.inside.group.replaceChildren();
    right.marks.replaceChildren();
    svg(right.inside.group, "path", { d: `M${box[0]} ${y(1)}H${box[1]}`, style: "stroke: var(--lf-muted); stroke-dasharray: 4 3" });
    for (const name of Object.keys(NOTES)) {
      const points = CHOICES.map((n) => [x(Math.log10(n)), y(share(name, n))]);
      svg(right.inside.group, "path", { class: name === sampler ? "lf-own" : "lf-other", d: polyline(points), style: `fill: none; stroke: ${HUES[name]}; stroke-width: ${name === sampler ? 3 : 1.3}` });
    }
    svg(right.marks, "circle", { cx: x(Math.log10(steps)), cy: y(Math.min(share(sampler, steps), top)), r: 5.5, style: "fill: var(--lf-ink); stroke: var(--lf-surface); stroke-width: 1.5" });
  }

  function draw() {
    if (!root.clientWidth) return; // đang ẩn
    const wide = root.clientWidth >= 560;
    root.classList.toggle("lf-wide", wide);
    const [preset, sampler, steps, seed] = ["preset", "sampler", "steps", "seed"].map((key) => model.get(key));
    const stage = Math.min(model.get("stage"), steps);
    const target = presets.find((p) => p.name === preset);
    const stages = travel(target, sampler, steps, seed);
    const side = wide ? Math.floor((panels.clientWidth - 14) / 2) : Math.min(panels.clientWidth, 440);
    drawPlane([side, side], target, stages, stage);
    drawWidths([side, clamp(0.8 * side, 220, 330)], target, sampler, steps, seed);
    const level = timetable(TOTAL, steps)[stage];
    out.level.value.textContent = `${level} / ${TOTAL}`;
    out.calls.value.textContent = steps;
    out.width.value.textContent = format(width(stages.at(-1), target), 3);
    out.truth.value.textContent = format(target.std, 3);
    setAttributes(slider, { max: steps, "aria-valuetext": `đã lùi ${stage} trên ${steps} bước, k = ${level}` });
    slider.value = stage;
    clock.textContent = `${stage} / ${steps}`;
    markPreset(preset);
    markSampler(sampler);
    markSteps(String(steps));
    if (note.dataset.text !== sampler) note.replaceChildren(...prose(NOTES[sampler]));
    note.dataset.text = sampler;
  }

  const redraw = once(draw);
  const keys = ["preset", "sampler", "steps", "stage", "seed"].map((k) => `change:${k}`).join(" ");
  model.on(keys, redraw);
  const stop = onWidth(root, draw);
  return () => {
    halt();
    stop();
    model.off(keys, redraw);
  };
}

export default { render };
