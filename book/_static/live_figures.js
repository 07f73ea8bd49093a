// Dựng các hình tương tác của trang tĩnh từ trạng thái widget mà trang mang theo, không cần nhân
// Python, không cần require.js, không gọi máy nào khác; chạy cả khi mở trang từ ổ đĩa.
(() => {
  const MIME = "application/vnd.jupyter.widget-";
  const find = (kind) => document.querySelectorAll(`script[type="${MIME}${kind}+json"]`);

  /** Mô hình của một widget: phần của anywidget mà các hình dùng đến. */
  class Model {
    constructor(state) {
      this.state = state;
      this.listeners = {};
    }
    get(key) {
      return this.state[key];
    }
    set(key, value) {
      if (Object.is(this.state[key], value)) return;
      this.state[key] = value;
      this.emit(`change:${key}`, value);
      this.emit("change");
    }
    on(names, listener) {
      for (const name of names.split(" ")) (this.listeners[name] ??= new Set()).add(listener);
    }
    off(names, listener) {
      for (const name of names?.split(" ") ?? Object.keys(this.listeners)) {
        if (listener) this.listeners[name]?.delete(listener);
        else delete this.listeners[name];
      }
    }
    emit(name, ...values) {
      for (const listener of [...(this.listeners[name] ?? [])]) listener(...values);
    }
    save_changes() {} // không có nhân Python để báo
    send() {}
  }

  const modules = new Map();
  function load(source) {
    if (!modules.has(source)) {
      const url = URL.createObjectURL(new Blob([source], { type: "text/javascript" }));
      modules.set(source, import(url).then((m) => m.default));
    }
    return modules.get(source);
  }

  const styles = new Set();
  function style(source) {
    if (!source || styles.has(source)) return;
    styles.add(source);
    document.head.append(Object.assign(document.createElement("style"), { textContent: source }));
  }

  async function mount(script, model) {
    const { _esm, _css } = model.state;
    const widget = await load(_esm);
    style(_css);
    const el = document.createElement("div");
    script.after(el);
    // Có bề rộng rồi mới vẽ: ảnh tĩnh nhường chỗ trước.
    script.closest(".live-figure")?.classList.add("live-figure-on");
    await widget.initialize?.({ model });
    await widget.render({ model, el });
  }

  const models = {};
  for (const script of find("state")) {
    for (const [id, { state }] of Object.entries(JSON.parse(script.textContent).state)) {
      if (state._esm) models[id] = new Model(state);
    }
  }
  for (const script of find("view")) {
    const model = models[JSON.parse(script.textContent).model_id];
    if (model) mount(script, model).catch((error) => console.error("live figure:", error));
  }
})();
