// Entropy là diện tích: bốn kết cục, hai phân phối p và q kéo được.

const SMALLEST = 0.01;
const LAWS = {
  halves: [0.5, 0.25, 0.125, 0.125],
  fair: [0.25, 0.25, 0.25, 0.25],
  sure: [0.97, 0.01, 0.01, 0.01],
};
const HINT = "Kéo đỉnh các cột, hoặc dùng Tab và phím mũi tên; các cột khác tự co giãn cho đủ 1.";

/** Đặt kết cục i thành `value`, các kết cục khác co giãn theo tỉ lệ, không dưới SMALLEST. */
export function withValue(law, i, value) {
  const target = clamp(value, SMALLEST, 1 - SMALLEST * (law.length - 1));
  const others = law.map((v, j) => (j === i ? 0 : v - SMALLEST)); // phần còn co được
  const room = 1 - target - SMALLEST * (law.length - 1);
  const total = others.reduce((a, b) => a + b, 0);
  return law.map((v, j) => {
    if (j === i) return target;
    return SMALLEST + (total > 1e-12 ? (others[j] * room) / total : room / (law.length - 1));
  });
}

/** H(p), H(p, q) và hai KL, theo bit hay nat. */
export function measures(p, q, unit) {
  const scale = unit === "bit" ? Math.LN2 : 1;
  const sum = (f) => p.reduce((total, _, i) => total + f(p[i], q[i]), 0) / scale;
  return {
    entropy: sum((a) => -a * Math.log(a)),
    cross: sum((a, b) => -a * Math.log(b)),
    kl: sum((a, b) => a * Math.log(a / b)),
    kl_reverse: sum((a, b) => b * Math.log(b / a)),
  };
}

function render({ model, el }) {
  const root = figureRoot(el, model, "lf-code-area");
  const outcomes = model.get("outcomes");
  const save = saver(model);
  const change = (values) => {
    for (const [key, value] of Object.entries(values)) model.set(key, value);
    save();
  };

  const body = html("div", { class: "lf-body" });
  const plot = html("div", { class: "lf-plot" });
  const side = html("div", { class: "lf-side" });
  body.append(plot, side);
  root.append(body);

  const row = readout(side);
  const out = {
    entropy: row("$H(p)$, viền xanh", "lf-is-z"),
    kl: row("$+ KL(p‖q)$, trả thừa"),
    cross: row("$= H(p, q)$, cam", "lf-sum"),
    kl_reverse: row("chiều kia, $KL(q‖p)$", "lf-gap"),
  };
  side.append(html("div", { class: "lf-label" }, "Đặt p"));
  const pick = (law) => change({ p: [...LAWS[law]] });
  choice(
    side,
    "Đặt p",
    [
      ["halves", "½ ¼ ⅛ ⅛"],
      ["fair", "đều"],
      ["sure", "gần chắc"],
    ],
    pick,
  );
  side.append(html("div", { class: "lf-label" }, "Đặt q"));
  choice(
    side,
    "Đặt q",
    [
      ["same", "q = p"],
      ["uniform", "đều"],
    ],
    (name) => change({ q: [...(name === "same" ? model.get("p") : LAWS.fair)] }),
  );
  side.append(html("div", { class: "lf-label" }, "Đơn vị"));
  const units = [
    ["bit", "bit"],
    ["nat", "nat"],
  ];
  const markUnit = choice(side, "Đơn vị", units, (unit) => change({ unit }));
  const note = html("p", { class: "lf-note" });
  root.append(note, html("p", { class: "lf-hint" }, HINT));

  const picture = svg(plot, "svg", { role: "group", "aria-label": "Xác suất và diện tích" });
  const columns = svg(picture, "g");
  const area = clipped(picture);
  const words = svg(picture, "g");
  let size, scaleY;
  const handles = ["p", "q"].map((key) =>
    outcomes.map((name, i) => {
      const node = svg(picture, "g", {
        class: `lf-handle ${key === "p" ? "lf-at-z" : "lf-at-x"} lf-${key}-${i}`,
        tabindex: 0,
        role: "slider",
        "aria-label": `${key}(${name})`,
        "aria-orientation": "vertical",
      });
      svg(node, "circle", { class: "lf-target", r: 14 });
      svg(node, "circle", { class: "lf-ring", r: 9.5 });
      svg(node, "circle", { class: "lf-dot", r: 5.5 });
      const move = (v) => change({ [key]: withValue(model.get(key), i, v) });
      draggable(node, picture, { move: (_, py) => move(scaleY.invert(py)) });
      arrowKeys(node, (dx, dy) => move(model.get(key)[i] + 0.01 * (dx + dy)));
      return node;
    }),
  );

  function layout() {
    root.classList.toggle("lf-wide", root.clientWidth >= 640);
    const total = clamp(plot.clientWidth, 200, 560); // lúc trang chưa bày xong, bề rộng là 0
    const [left, right, top] = [30, total - 8, 22];
    const base = top + clamp(total * 0.3, 110, 150);
    const areaTop = base + 58;
    const areaBase = areaTop + clamp(total * 0.4, 140, 190);
    size = { left, right, top, base, areaTop, areaBase };
    const height = areaBase + 38;
    setAttributes(picture, { width: total, height, viewBox: `0 0 ${total} ${height}` });
    area.cut(left, areaTop, right - left, areaBase - areaTop);
    scaleY = linear([0, 1], [base, top]);
    draw();
  }

  function draw() {
    if (!size) return;
    const { left, right, top, base, areaTop, areaBase } = size;
    const [p, q, unit] = ["p", "q", "unit"].map((key) => model.get(key));
    const value = measures(p, q, unit);
    const code = (v) => -Math.log(v) / (unit === "bit" ? Math.LN2 : 1);
    for (const layer of [columns, area.group, words]) layer.replaceChildren();
    const text = (parent, x, y, content, anchor = "middle") => {
      const node = svg(parent, "text", { x, y, "text-anchor": anchor });
      node.textContent = content;
    };

    // Các cột xác suất
    svgMath(words, "p", { x: left, y: top - 7, class: "lf-label-z" });
    svgMath(words, "q", { x: left + 16, y: top - 7, class: "lf-label-x" });
    for (const v of [0, 0.5, 1]) {
      const y = scaleY(v);
      svg(columns, "line", { class: "lf-gridline", x1: left, x2: right, y1: y, y2: y });
      text(columns, left - 6, y + 4, tickLabel(v), "end");
    }
    const step = (right - left) / outcomes.length;
    outcomes.forEach((name, i) => {
      const middle = left + step * (i + 0.5);
      [p, q].forEach((law, k) => {
        const x = middle + (k === 0 ? -0.36 * step : 0.02 * step);
        const y = scaleY(law[i]);
        const box = { x, y, width: 0.34 * step, height: base - y };
        svg(columns, "rect", { ...box, class: k === 0 ? "lf-mass-z" : "lf-mass-x" });
        setAttributes(handles[k][i], {
          transform: `translate(${x + 0.17 * step} ${y})`,
          "aria-valuemin": SMALLEST,
          "aria-valuemax": 1 - 3 * SMALLEST,
          "aria-valuenow": law[i],
          "aria-valuetext": `${format(law[i], 3)}, ${format(code(law[i]))} ${unit}`,
        });
      });
      text(columns, middle, base + 17, name);
    });

    // Diện tích: rộng p, cao −log q (cam) và −log p (viền xanh)
    const tallest = unit === "bit" ? 7 : 7 * Math.LN2;
    const scaleX = linear([0, 1], [left, right]);
    const scaleC = linear([0, tallest], [areaBase, areaTop]);
    svgMath(words, "mỗi ô: rộng p, cao −log q", { x: left, y: areaTop - 10 });
    let edge = 0;
    outcomes.forEach((name, i) => {
      const [x, width] = [scaleX(edge), scaleX(edge + p[i]) - scaleX(edge)];
      const box = (height) => ({ x, width, y: scaleC(height), height: areaBase - scaleC(height) });
      svg(area.group, "rect", { ...box(code(q[i])), class: "lf-area-x lf-code" });
      svg(area.group, "rect", {
        ...box(code(q[i])),
        style: "fill: none; stroke: var(--lf-x); stroke-width: 1",
      });
      svg(area.group, "rect", {
        ...box(code(p[i])),
        style: "fill: none; stroke: var(--lf-z); stroke-width: 2",
      });
      if (width > 26) text(words, x + width / 2, areaBase + 16, name);
      edge += p[i];
    });
    for (const v of ticks(0, tallest, 4)) text(words, left - 6, scaleC(v) + 4, tickLabel(v), "end");
    text(words, left - 24, areaBase + 32, `trục đứng: ${unit}`, "start");

    for (const [key, cell] of Object.entries(out)) {
      cell.value.textContent = `${format(value[key], 3)} ${unit}`;
    }
    out.kl.value.style.color = "var(--lf-third)";
    markUnit(unit);
    const worst = p.map((v, i) => v * (code(q[i]) - code(v)));
    const i = worst.indexOf(Math.max(...worst));
    const said =
      value.kl < 5e-4
        ? "Không trả thừa: $q = p$."
        : `Thiệt nhất ở «${outcomes[i]}»: hay gặp hơn $q$ tưởng, nên mỗi lần gặp trả thừa ` +
          `${format(code(q[i]) - code(p[i]))} ${unit}.`;
    if (note.dataset.text !== said) {
      note.dataset.text = said;
      note.replaceChildren(...prose(said));
    }
  }

  const keys = ["p", "q", "unit"].map((k) => `change:${k}`).join(" ");
  const redraw = once(draw);
  model.on(keys, redraw);
  const stop = onWidth(root, layout);
  return () => {
    stop();
    model.off(keys, redraw);
  };
}

export default { render };
