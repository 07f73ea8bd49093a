// Một phương trình vi phân, bốn bộ giải: từng bước vẽ trên nghiệm đúng, sai số theo NFE.

const SOLVERS = { euler: ["Euler", "x"], midpoint: ["điểm giữa", "warn"], rk4: ["RK4", "z"], dopri5: ["dopri5", "third"] };
const START = [-2, 2];
const WORK = { nfe: [0, 4], error: [-14, 2] }; // khung log–log, lũy thừa của 10
const HINT =
  "Kéo chấm tròn lớn, hoặc Tab rồi phím mũi tên, để đổi giá trị đầu. Đường xám đậm: nghiệm đúng; nét mảnh nền: hướng của trường. " +
  "Bên đồ thị sai số, vòng tròn là chỗ đang đứng.";
const power = (k) => `10${[...String(k)].map((c) => "⁻⁰¹²³⁴⁵⁶⁷⁸⁹"["-0123456789".indexOf(c)]).join("")}`;

/** Số nhỏ hay lớn, đọc được. */
function scientific(v) {
  if (Number.isNaN(v)) return "–";
  if (v === 0 || (Math.abs(v) >= 1e-3 && Math.abs(v) < 1e4)) return format(v, 4);
  if (!Number.isFinite(v) || Math.abs(v) > 1e99) return "quá lớn";
  const [digits, k] = v.toExponential(1).split("e");
  return `${digits.replace("-", "−")}\u00a0·\u00a0${power(Number(k))}`;
}

/** Lời dẫn: chuyện gì đang xảy ra. */
export function explain({ preset, solver, h, p, start, result, last }) {
  const fixed = solver !== "dopri5";
  const R = (z) => format(amplification(solver, z), 3);
  if (preset === "forced") {
    return fixed
      ? "Trường trơn: gấp đôi số bước thì sai số của Euler, điểm giữa và RK4 chia cho 2, 4 và 16, khi bước đã đủ nhỏ. Trên đồ thị log–log, ba đường dốc −1, −2, −4."
      : "Bước dài chỗ nghiệm thẳng, ngắn chỗ nghiệm cong. Dung sai là của mỗi bước, không phải của kết quả: hãy so nó với sai số ở cuối.";
  }
  if (preset === "rotation") {
    if (!fixed) return "dopri5 giữ điểm gần vòng tròn tới mức dung sai; không bộ giải nào trong hình này giữ nó đúng trên vòng tròn.";
    const grows = last > 1 ? "nở ra thành xoắn ốc" : "co dần vào trong";
    return `Vết bằng 0: luồng thật giữ nguyên độ dài và diện tích. ${SOLVERS[solver][0]} thì không: sau một vòng độ dài nhân với ${format(last, 4)}, đường đi ${grows}. Diện tích nhân với bình phương số ấy, trong khi $∫ div u dt$ = 0 vẫn báo là không đổi.`;
  }
  if (preset === "stiff") {
    if (!fixed) return `Nghiệm sau lúc đầu rất trơn, vậy mà bước vẫn phải ngắn cỡ 3.3/λ = ${format(3.3 / p, 3)}: ở bài toán cứng, độ ổn định chứ không phải sai số quyết định giá. Tăng λ, NFE tăng theo.`;
    const factor = amplification(solver, -p * h);
    const setting = `$h$ = ${format(h, 4)}, $λh$ = ${format(p * h, 2)}. Mỗi bước nhân độ lệch khỏi nghiệm với ${format(factor, 3)}`;
    if (Math.abs(factor) > 1) return `${setting}: dao động lớn dần, nổ tung. ${solver === "rk4" ? "RK4 cần $h$ < 2.785/λ" : `${SOLVERS[solver][0]} cần $h$ < 2/λ`} = ${format((solver === "rk4" ? 2.785 : 2) / p, 4)}, dù nghiệm thật rất hiền.`;
    return factor < 0 ? `${setting}: mỗi bước nhảy sang bên kia nghiệm, dao động tắt dần.` : `${setting}: độ lệch tắt dần, không dao động.`;
  }
  if (preset === "reversal") {
    const start_ = `Chiều đi co mọi khác biệt ${p < 9 ? format(Math.exp(p), 0) : scientific(Math.exp(p))} lần; chiều về phóng mọi sai số lên ngần ấy lần.`;
    if (fixed) return `${start_} Mỗi bước đi nhân ${R(-p * h)}, mỗi bước về nhân ${R(p * h)}; tích phải bằng 1, ở đây là ${format(amplification(solver, -p * h) * amplification(solver, p * h), 4)}.`;
    return Math.exp(-p) * Math.abs(start) < last
      ? `${start_} $z(1)$ đúng là ${scientific(start * Math.exp(-p))}, nhỏ hơn cả dung sai ${power(Math.round(Math.log10(last)))}: dopri5 không cần giữ nó cho đúng, và thông tin về $z(0)$ mất ngay từ chiều đi. Bước đều khá hơn, nhưng chỉ vì trường tuyến tính giữ được sai số tương đối.`
      : `${start_} Dung sai phải nhỏ hơn nhiều so với $z(1)$ = ${scientific(start * Math.exp(-p))}.`;
  }
  if (preset === "blowup") {
    if (start < 1) return "Giá trị đầu nhỏ hơn 1: nghiệm sống qua $t = 1$. Hãy kéo chấm tròn lớn lên trên 1.";
    const when = `Nghiệm $x_0/(1 − x_0 t)$ ra vô cực lúc $t$ = 1/$x_0$ = ${format(1 / start, 4)}: trường $x^2$ không Lipschitz trên cả trục.`;
    const printed = scientific(Math.abs(result.end[0]) < 1e99 ? result.end[0] : Infinity);
    if (!result.stopped) return `${when} Bộ giải không hay biết: nó in ra một số, ${printed}, ở $t = 1$, nơi không có nghiệm nào.`;
    return `${when} dopri5 nhận ra: bước co về 0 và nó dừng ở $t$ = ${format(result.legs[0].at(-1).t, 4)} sau ${result.nfe} lần gọi.`;
  }
  const { x } = result.legs[0][0];
  const lost = result.end.some((v, i) => v * x[i] < 0) ? " Có đường rơi xuống nhầm hố: sang bên kia 0." : "";
  return last
    ? `Bước quá dài: các đường số cắt nhau ${last} lần. Một bước không còn là hàm tăng của điểm xuất phát; nghiệm thật thì không bao giờ cắt nhau.${lost}`
    : "Qua mỗi điểm $(t, x)$ chỉ có một nghiệm: chín đường không cắt nhau, thứ tự giữ nguyên. Vì thế trong một chiều ánh xạ $x(0)$ → $x(T)$ luôn tăng. Hãy bớt số bước của Euler.";
}

function render({ model, el }) {
  const root = figureRoot(el, model, "lf-solver");
  const presets = model.get("presets");
  const specOf = (name) => presets.find((p) => p.name === name);
  const save = saver(model);
  const change = (values) => {
    for (const [key, value] of Object.entries(values)) model.set(key, value);
    save();
  };

  const labels = presets.map((p) => [p.name, html("span", {}, ...prose(p.label))]);
  const markPreset = choice(root, "Bài toán", labels, (name) => {
    const { start, steps, parameter } = specOf(name);
    change({ preset: name, start, steps, parameter: parameter?.value ?? 0 });
  });
  const equation = html("p", { class: "lf-caption", style: "margin: 8px 0 6px" });
  root.append(equation);
  const dot = "display: inline-block; width: 0.6em; height: 0.6em; margin-right: 0.4em; border-radius: 50%";
  const names = Object.entries(SOLVERS).map(([name, [label, color]]) => [
    name,
    html("span", {}, html("span", { style: `${dot}; background: var(--lf-${color})` }), label),
  ]);
  const markSolver = choice(root, "Bộ giải", names, (solver) => change({ solver }));
  const slider = (className, set) => {
    const bar = html("div", { class: "lf-steps", style: "margin-top: 6px" });
    const name = html("span", { style: "min-width: 4.6em" });
    const input = html("input", { type: "range", class: className, step: 1 });
    const value = html("output", { style: "min-width: 3.4em; text-align: right" });
    input.addEventListener("input", () => set(Number(input.value)));
    bar.append(name, input, value);
    root.append(bar);
    return { bar, name, input, value };
  };
  const effort = slider("lf-effort", (i) => change(model.get("solver") === "dopri5" ? { digits: DIGITS[i] } : { steps: STEPS[i] }));
  const knob = slider("lf-knob", (parameter) => change({ parameter }));

  const body = html("div", { class: "lf-body", style: "margin-top: 10px" });
  const panels = html("div", { class: "lf-panels" });
  const side = html("div", { class: "lf-side" });
  body.append(panels, side);
  root.append(body);
  const panel = (role) => {
    const box = html("div", { class: "lf-panel" });
    panels.append(box);
    const picture = svg(box, "svg", { role });
    return { picture, axes: svg(picture, "g"), ...clipped(picture) };
  };
  const [plane, work] = [panel("group"), panel("img")];
  plane.picture.setAttribute("aria-label", "Các bước trên nghiệm đúng");
  const path = (parent, style, className = null) => svg(parent, "path", { class: className, style: `fill: none; ${style}` });
  const arrows = path(plane.group, "stroke: var(--lf-muted); stroke-opacity: 0.32; stroke-width: 1");
  const edge = path(plane.group, "stroke: var(--lf-ink); stroke-dasharray: 5 4");
  const truth = path(plane.group, "stroke: var(--lf-ink); stroke-opacity: 0.26; stroke-width: 5; stroke-linejoin: round", "lf-exact");
  const traces = svg(plane.group, "g");
  const handle = svg(plane.picture, "g", {
    class: "lf-handle", tabindex: 0, role: "slider", "aria-label": "Giá trị đầu x(0)",
    "aria-valuemin": START[0], "aria-valuemax": START[1],
  });
  svg(handle, "circle", { class: "lf-target", r: 19 });
  svg(handle, "circle", { class: "lf-ring", r: 10.5 });
  svg(handle, "circle", { class: "lf-dot", r: 6 });
  let scale;
  const move = (v) => change({ start: +clamp(v, ...START).toFixed(3) });
  draggable(handle, plane.picture, { move: (px, py) => move(scale.planar ? scale.x.invert(px) : scale.y.invert(py)) });
  arrowKeys(handle, (dx, dy) => move(model.get("start") + 0.05 * (dx + dy)));

  const [left, right] = [html("div"), html("div")];
  side.append(left, right);
  const [rowLeft, rowRight] = [readout(left), readout(right)];
  const out = {
    nfe: rowLeft("số lần gọi trường (NFE)", "lf-nfe"),
    error: rowLeft("sai số ở cuối", "lf-error"),
    gain: rowLeft("", "lf-gain"),
    taken: rowRight("", "lf-taken"),
    length: rowRight("", "lf-length"),
    special: rowRight("", "lf-special"),
  };
  const note = html("p", { class: "lf-note", "aria-live": "polite" });
  root.append(note, html("p", { class: "lf-hint" }, ...prose(HINT)));

  function frame({ picture, axes, cut }, width, height) {
    const box = { x: 34, y: 22, width: width - 42, height: height - 56 };
    setAttributes(picture, { width, height, viewBox: `0 0 ${width} ${height}` });
    cut(box.x - 4, box.y, box.width + 8, box.height); // chấm cuối nằm trên mép
    axes.replaceChildren();
    svg(axes, "rect", { class: "lf-frame", ...box });
    return [[box.x, box.x + box.width], [box.y + box.height, box.y]];
  }
  const write = (axes, text, x, y, anchor) => (svg(axes, "text", { x, y, "text-anchor": anchor }).textContent = text);

  /** Khung (t, x), hay mặt phẳng (x₁, x₂): trường, nghiệm đúng, các bước. */
  function drawPlane(size, spec, task, result, solver) {
    const [across, up] = frame(plane, size, size);
    const view = spec.name === "blowup" ? [-2.4, 9] : [-2.4, 2.4];
    const x = linear(task.planar ? view : [0, spec.span], across);
    const y = linear(view, up);
    scale = { x, y, planar: task.planar };
    const { axes } = plane;
    for (const t of ticks(view[0], view[1], 5)) {
      svg(axes, "path", { class: "lf-gridline", d: `M${across[0]} ${y(t)}H${across[1]}` });
      write(axes, tickLabel(t), across[0] - 6, y(t) + 4, "end");
    }
    for (const t of ticks(...(task.planar ? view : [0, spec.span]), 4)) {
      if (x(t) < across[1] - 14) write(axes, tickLabel(t), x(t), up[0] + 17, "middle");
    }
    svgMath(axes, task.planar ? "x_1" : "t", { x: across[1], y: up[0] + 18, "text-anchor": "end" });
    const vertical = task.planar ? "x_2" : spec.name === "reversal" ? "z" : "x";
    svgMath(axes, vertical, { x: across[0], y: up[1] - 7 });

    const small = [];
    for (let i = 0.5; i < 15; i++) {
      for (let j = 0.5; j < 15; j++) {
        const [px, py] = [across[0] + (i / 15) * (across[1] - across[0]), up[0] + (j / 15) * (up[1] - up[0])];
        const here = [x.invert(px), y.invert(py)];
        const speed = task.planar ? task.f(0, here) : [1, task.f(here[0], [here[1]])[0]];
        const [dx, dy] = [speed[0] * x.unit, -speed[1] * y.unit];
        const c = 6 / (Math.hypot(dx, dy) || 1);
        small.push(`M${(px - c * dx).toFixed(1)} ${(py - c * dy).toFixed(1)}L${(px + c * dx).toFixed(1)} ${(py + c * dy).toFixed(1)}`);
      }
    }
    arrows.setAttribute("d", small.join(""));
    const end = spec.name === "blowup" && task.x0[0] >= 1 / spec.span ? 1 / task.x0[0] : null;
    edge.setAttribute("d", end === null ? "M0 0" : `M${x(end)} ${up[0]}V${up[1]}`);
    const far = (v) => (Number.isFinite(v) ? clamp(v, -60, 60) : NaN);
    const lines = (points) => {
      const place = (p, i) => (task.planar ? [x(far(p.x[0])), y(far(p.x[1]))] : [x(p.t), y(far(p.x[i]))]);
      return (task.planar ? [0] : task.x0.map((_, i) => i)).map((i) => points.map((p) => place(p, i)));
    };
    const fine = Array.from({ length: 401 }, (_, i) => ({ t: (i / 400) * spec.span, x: task.exact((i / 400) * spec.span) }));
    truth.setAttribute("d", lines(fine).map(polyline).join(""));
    truth.style.strokeWidth = task.x0.length > 2 ? 3 : 5;

    traces.replaceChildren();
    const color = `var(--lf-${SOLVERS[solver][1]})`;
    result.legs.forEach((leg, back) => {
      const points = lines(leg);
      const dash = back ? "; stroke-dasharray: 5 3" : "";
      svg(traces, "path", {
        class: back ? "lf-return" : "lf-steps-drawn", d: points.map(polyline).join(""),
        style: `fill: none; stroke: ${color}; stroke-width: 1.6${dash}`,
      });
      const r = leg.length > 100 || task.x0.length > 2 ? 1.7 : 3;
      for (const line of points) {
        for (const [cx, cy] of line.slice(1)) {
          if (Number.isFinite(cx + cy)) svg(traces, "circle", { cx, cy, r, style: `fill: ${back ? "var(--lf-surface)" : color}; stroke: ${color}` });
        }
      }
    });
    const start = task.x0[0];
    setAttributes(handle, {
      transform: `translate(${task.planar ? `${x(start)} ${y(0)}` : `${x(0)} ${y(start)}`})`,
      "aria-valuenow": start,
      "aria-valuetext": `x(0) = ${format(start)}`,
      "aria-orientation": task.planar ? "horizontal" : "vertical",
    });
  }

  /** Sai số theo NFE, hai trục log. */
  function drawWork(width, height, rows, solver, now) {
    const [across, up] = frame(work, width, height);
    const { axes, group } = work;
    const x = linear([WORK.nfe[0] - 0.1, WORK.nfe[1] + 0.1], across);
    const y = linear([WORK.error[0] - 0.8, WORK.error[1] + 0.6], up);
    const at = ({ nfe, error }) => [x(Math.log10(nfe)), y(Math.log10(clamp(error, 10 ** WORK.error[0], 10 ** WORK.error[1])))];
    for (let k = WORK.error[0]; k <= WORK.error[1]; k += 2) {
      svg(axes, "path", { class: "lf-gridline", d: `M${across[0]} ${y(k)}H${across[1]}` });
      if (k % 4 === 2 || k % 4 === -2) write(axes, power(k), across[0] - 4, y(k) + 4, "end");
    }
    for (let k = WORK.nfe[0]; k <= WORK.nfe[1]; k++) {
      svg(axes, "path", { class: "lf-gridline", d: `M${x(k)} ${up[0]}V${up[1]}` });
      write(axes, power(k), x(k), up[0] + 16, "middle");
    }
    write(axes, "sai số ở cuối", across[0], 14, "start");
    write(axes, "số lần gọi trường (NFE)", across[1], up[0] + 32, "end");
    group.replaceChildren();
    let any = false;
    for (const name of Object.keys(SOLVERS).sort((a) => (a === solver ? 1 : -1))) {
      const points = rows[name].filter((r) => !Number.isNaN(r.error)).map(at);
      any ||= points.length > 0;
      const style = `stroke: var(--lf-${SOLVERS[name][1]}); stroke-width: ${name === solver ? 2.4 : 1.3}; fill: none`;
      svg(group, "path", { class: `lf-work-${name}`, d: polyline(points), style });
      for (const [cx, cy] of points) svg(group, "circle", { cx, cy, r: name === solver ? 2.6 : 1.7, style: `fill: var(--lf-${SOLVERS[name][1]})` });
    }
    if (!Number.isNaN(now.error)) {
      const [cx, cy] = at(now);
      svg(group, "circle", { class: "lf-now", cx, cy, r: 7, style: "fill: none; stroke: var(--lf-ink); stroke-width: 2" });
    }
    if (!any) write(group, "không có nghiệm ở t = 1", (across[0] + across[1]) / 2, (up[0] + up[1]) / 2, "middle");
    const said = Object.entries(rows).map(([name, list]) => `${SOLVERS[name][0]}: ${list.filter((_, i) => i % 3 === 0).map((r) => `${r.nfe} lần gọi, sai ${scientific(r.error)}`).join("; ")}`);
    work.picture.setAttribute("aria-label", `Sai số theo số lần gọi trường. ${said.join(". ")}`);
  }

  let memory = {};
  function draw() {
    if (!root.clientWidth) return; // đang ẩn
    const keys = ["preset", "solver", "steps", "digits", "start", "parameter"];
    const [preset, solver, steps, digits, start, p] = keys.map((k) => model.get(k));
    const spec = specOf(preset);
    const task = problem(spec, start, p);
    const result = solve(task, { solver, steps, digits });
    const key = [preset, start, p].join(" ");
    if (memory.key !== key) memory = { key, rows: workPrecision(task) };
    const wide = root.clientWidth >= 520;
    panels.style.gridTemplateColumns = wide ? "1fr 1fr" : "minmax(0, 1fr)";
    side.style.cssText = wide ? "display: grid; grid-template-columns: 1fr 1fr; gap: 24px" : "";
    const space = clamp(panels.clientWidth, 200, 830); // lúc trang chưa bày xong, bề rộng là 0
    const size = wide ? Math.floor((space - 14) / 2) : Math.min(space, 400);
    drawPlane(size, spec, task, result, solver);
    drawWork(size, wide ? size : Math.round(0.85 * size), memory.rows, solver, result);

    const fixed = solver !== "dopri5";
    markPreset(preset);
    markSolver(solver);
    const initial = task.planar ? `$x(0)$ = (${format(start)}; 0)` : `$${preset === "reversal" ? "z" : "x"}(0)$ = ${format(start)}`;
    equation.replaceChildren(...prose(`${spec.equation}; ${initial}.`));
    const list = fixed ? STEPS : DIGITS;
    const index = list.indexOf(fixed ? steps : digits);
    const label = fixed ? "số bước" : "dung sai";
    effort.name.textContent = label;
    setAttributes(effort.input, { min: 0, max: list.length - 1, "aria-label": label });
    effort.input.value = index;
    effort.value.textContent = fixed ? steps : power(-digits);
    effort.input.setAttribute("aria-valuetext", effort.value.textContent);
    knob.bar.style.display = spec.parameter ? "" : "none";
    if (spec.parameter) {
      const { symbol, min: low, max: high, step } = spec.parameter;
      knob.name.replaceChildren(math(symbol));
      setAttributes(knob.input, { min: low, max: high, step, "aria-label": symbol });
      knob.input.value = p;
      knob.value.textContent = format(p, step < 1 ? 1 : 0);
    }

    const h = spec.span / steps;
    const show = (name, text, title = null) => {
      out[name].value.textContent = text;
      if (title !== null) out[name].name.replaceChildren(...prose(title));
    };
    show("nfe", result.nfe);
    show("error", scientific(result.error));
    const finer = solve(task, fixed ? { solver, steps: 2 * steps } : { solver, digits: digits + 1 });
    const gain = result.error / finer.error;
    show("gain", Number.isFinite(gain) && gain > 0 ? `÷ ${gain < 1000 ? format(gain, 2) : scientific(gain)}` : "–", fixed ? "sai số, nếu gấp đôi số bước" : "sai số, nếu hạ dung sai 10 lần");
    const sizes = result.legs.flatMap((leg) => leg.slice(1).map(({ t }, n) => Math.abs(t - leg[n].t)));
    show("taken", fixed ? format(h, 4) : `${sizes.length} / ${result.rejected}`, fixed ? "độ dài bước $h$" : "số bước nhận / bỏ");
    show("length", fixed ? CALLS[solver] : `${scientific(Math.min(...sizes))} → ${scientific(Math.max(...sizes))}`, fixed ? "số lần gọi mỗi bước" : "$h$ nhỏ nhất → lớn nhất");
    const special = {
      rotation: ["độ dài ở cuối / lúc đầu", () => Math.hypot(...result.end) / Math.hypot(...task.x0)],
      stiff: ["mỗi bước nhân độ lệch với", () => (fixed ? amplification(solver, -p * h) : NaN)],
      reversal: ["$z(0)$ tìm lại được", () => result.end[0]],
      blowup: ["giờ nổ $1/x_0$", () => (start > 0 ? 1 / start : Infinity)],
      wells: ["số lần cắt nhau", () => crossings(result.legs[0])],
    }[preset];
    out.special.value.parentNode.style.display = special && (fixed || preset !== "stiff") ? "" : "none";
    const number = special?.[1]();
    if (special) show("special", preset === "wells" ? number : number === Infinity && preset === "blowup" ? "không nổ" : scientific(number), special[0]);
    const text = explain({ preset, solver, h, p, start, result, last: preset === "reversal" ? 10 ** -digits : number });
    if (note.dataset.text !== text) note.replaceChildren(...prose(text));
    note.dataset.text = text;
  }

  const keys = ["preset", "solver", "steps", "digits", "start", "parameter"].map((k) => `change:${k}`).join(" ");
  const redraw = once(draw);
  model.on(keys, redraw);
  const stop = onWidth(root, draw);
  return () => {
    stop();
    model.off(keys, redraw);
  };
}

export default { render };
