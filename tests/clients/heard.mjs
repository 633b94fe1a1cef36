// What was heard, in order, and a way to wait for more of it.
export class Heard {
  #all = [];
  #params = new Map();
  #wake = () => {};

  hear(method, params) {
    this.#all.push(params?.uri ? `${method} ${params.uri}` : method);
    this.#params.set(method, params);
    this.#wake();
  }

  count(line) {
    return this.#all.filter((heard) => heard === line).length;
  }

  /** The parameters of the last notification of this method. */
  last(method) {
    return this.#params.get(method);
  }

  async until(line, times, limit = 10_000) {
    while (this.count(line) < times) {
      await new Promise((resolve, reject) => {
        const late = setTimeout(() => reject(new Error(`"${line}" was not heard; but ${this.#all}`)), limit);
        this.#wake = () => { clearTimeout(late); resolve(); };
      });
    }
  }
}
