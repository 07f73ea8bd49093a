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

  /** Trạng thái của một hình nằm trong tệp riêng, gọi liveFigureState khi tới nơi. */
  const models = new Map();
  function fetchModel(file) {
    if (!models.has(file)) models.set(file, new Promise((resolve, reject) => {
      const script = document.createElement("script");
      script.src = file;
      script.onload = () => resolve(new Model(arrived.get(script)));
      script.onerror = () => reject(new Error(file));
      document.head.append(script);
    }));
    return models.get(file);
  }
  const arrived = new Map();
  window.liveFigureState = (state) => arrived.set(document.currentScript, state);

  async function mount(script, file) {
    const model = await fetchModel(file);
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

  // Hình chỉ được tải khi người đọc còn cách nó chừng một màn hình rưỡi.
  const files = Object.assign({}, ...[...find("state")].map((s) => JSON.parse(s.textContent).files));
  const waiting = new Map();
  const watch = (entries) => {
    for (const { isIntersecting, target } of entries) {
      if (!isIntersecting) continue;
      observer.unobserve(target);
      for (const [script, file] of waiting.get(target))
        mount(script, file).catch((error) => console.error("live figure:", error));
    }
  };
  const observer = new IntersectionObserver(watch, { rootMargin: "150% 0px" });
  for (const script of find("view")) {
    const file = files[JSON.parse(script.textContent).model_id];
    if (!file) continue;
    const box = script.closest(".live-figure") ?? script.parentElement;
    if (!waiting.has(box)) waiting.set(box, []);
    waiting.get(box).push([script, file]);
    observer.observe(box);
  }
})();
