// A worker that is kept busy with the newest job, so that the page stays free.

/**
 * @typedef {{way: "chance"|"solve", work: object, tasks: any[]}} Job as worker.js understands it
 * @typedef {{found: any[], done: number, error?: string}} Answer
 */
export class Crew {
  #job = 0;

  /** @param {string} source the model as an expression */
  constructor(source) {
    this.source = source;
  }

  /**
   * Begin a job; whatever was under way is given up.
   * @param {Job} job
   * @param {(answer: Answer) => void} hear is told whatever was found since it heard last
   */
  begin(job, hear) {
    this.hear = hear;
    this.#job++;
    this.worker ??= this.#employ();
    this.worker.postMessage({ job: this.#job, ...job });
  }

  /** Dismiss the worker. */
  stop() {
    this.worker?.terminate();
    this.worker = null;
  }

  #employ() {
    const text = `"use strict";\nconst model = ${this.source};\n${Crew.script}`;
    const address = URL.createObjectURL(new Blob([text], { type: "text/javascript" }));
    const worker = new Worker(address);
    URL.revokeObjectURL(address);
    worker.onmessage = ({ data }) => {
      if (data.job === this.#job) this.hear(data);
    };
    worker.onerror = ({ message }) => this.hear({ error: message });
    return worker;
  }
}
