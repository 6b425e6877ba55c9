// What the graph lab knows of a formula: its steps forward and backward, its paths, its code.

(() => {
  const {parse, forward, backward, passedBack, active, inPython, FormulaError} = window.dlLabs;

  const LONGEST = 2000; // characters of an address
  const MOST_INPUTS = 12;
  const FIRST = "loss = abs(4 - (x*w + b))";
  const FIRST_NUMBERS = {x: 2, w: 3, b: 1};
  const SIGNS = {"+": "+", "-": "−", "*": "·", "/": "/", "^": "^", neg: "−"};

  /** Read settings: `formula=loss = abs(4 - (x*w + b))&x=2&w=3&b=1`; tell what is wrong. */
  function readFormula(text) {
    const problems = [];
    if (text.length > LONGEST) {
      problems.push(`the address has ${text.length} characters, at most ${LONGEST} are read`);
      text = "";
    }
    const given = new Map(new URLSearchParams(text));
    let formula = given.get("formula") ?? FIRST;
    let graph;
    try {
      graph = checked(formula);
    } catch (problem) {
      if (!(problem instanceof FormulaError)) throw problem;
      problems.push(`the formula: ${problem.message}`);
      formula = FIRST;
      graph = checked(formula);
    }
    given.delete("formula");
    const numbers = Object.fromEntries(Object.keys(graph.inputs).map((name) => {
      const usual = FIRST_NUMBERS[name] ?? 1;
      if (!given.has(name)) return [name, usual];
      const value = given.get(name).trim() === "" ? NaN : Number(given.get(name));
      given.delete(name);
      if (Number.isFinite(value) && Math.abs(value) <= 1e100) return [name, value];
      problems.push(`${name} has to be a number of at most 1e100`);
      return [name, usual];
    }));
    for (const name of given.keys()) problems.push(`“${name.slice(0, 40)}” does not stand in the formula`);
    return {formula, graph, numbers, problems};
  }

  function checked(formula) {
    const graph = parse(formula);
    const inputs = Object.keys(graph.inputs);
    if (inputs.length === 0) throw new FormulaError("There is no name in it, so there is nothing to change.", 0);
    if (inputs.length > MOST_INPUTS) throw new FormulaError(`It has ${inputs.length} names; at most ${MOST_INPUTS} are shown.`, 0);
    return graph;
  }

  /** Write settings as readFormula reads them. */
  function writeFormula({formula, numbers}) {
    const parts = [["formula", formula], ...Object.entries(numbers)];
    return parts.map(([name, value]) => `${name}=${encodeURIComponent(value)}`).join("&");
  }

  /** Name the nodes: inputs and numbers as they are written, what is between v1, v2, … */
  function namesOf({nodes, root, title}, write) {
    let count = 0;
    return nodes.map(({op, name, value}, k) => {
      if (op === "input") return name;
      if (op === "number") return name ?? write(value);
      return k === root ? title ?? "result" : `v${++count}`;
    });
  }

  /** Write what a node does with what goes into it, given how to call that. */
  function inWords({op, from}, names) {
    const [a, b] = from.map((i) => names[i]);
    if (op === "neg") return `−${a}`;
    if (op in SIGNS) return `${a} ${SIGNS[op]} ${b}`;
    return `${op}(${a})`;
  }

  /**
   * What happens, step by step: first each operation, then, from the last to the first, what
   * each passes back. A step back names the node, the gradient that is there, and for each input
   * its local slope and what it gets.
   */
  function stepsOf(graph, out) {
    const operations = graph.nodes.flatMap((node, k) => (node.from.length ? [k] : []));
    const depends = active(graph);
    const steps = [{kind: "begin"}, ...operations.map((node) => ({kind: "forward", node}))];
    const gradients = new Float64Array(graph.nodes.length);
    gradients[graph.root] = 1;
    steps.push({kind: "turn", node: graph.root});
    for (const k of operations.filter((k) => depends[k]).reverse()) {
      const parts = passedBack(graph.nodes[k], k, out, gradients[k]);
      const slopes = passedBack(graph.nodes[k], k, out, 1);
      const passed = graph.nodes[k].from.flatMap((to, j) => (depends[to] ? [{to, edge: j, slope: slopes[j], part: parts[j]}] : []));
      for (const {to, part} of passed) gradients[to] += part;
      steps.push({kind: "backward", node: k, gradient: gradients[k], passed});
    }
    return steps;
  }

  /** All paths from an input to the result, each with its local slopes; at most `most` of them. */
  function pathsOf(graph, out, input, most = 20) {
    const users = graph.nodes.map(() => []);
    graph.nodes.forEach(({from}, k) => {
      const slopes = from.length ? passedBack(graph.nodes[k], k, out, 1) : [];
      from.forEach((i, j) => users[i].push([k, slopes[j]]));
    });
    const count = new Float64Array(graph.nodes.length);
    count[graph.root] = 1;
    for (let k = graph.root; k >= 0; k--) for (const [user] of users[k]) count[k] += count[user];
    const paths = [];
    const walk = (k, nodes, slopes) => {
      if (paths.length === most) return;
      if (k === graph.root) return paths.push({nodes, slopes, product: slopes.reduce((a, b) => a * b, 1)});
      for (const [user, slope] of users[k]) walk(user, [...nodes, user], [...slopes, slope]);
    };
    walk(graph.inputs[input], [graph.inputs[input]], []);
    return {paths, count: count[graph.inputs[input]]};
  }

  /** Change one number by h: what the result does, beside what the gradient promises. */
  function nudge({graph, numbers}, input, h) {
    const before = forward(graph, numbers);
    const after = forward(graph, {...numbers, [input]: numbers[input] + h});
    const slope = backward(graph, before)[graph.inputs[input]];
    const change = after[graph.root] - before[graph.root];
    return {before: before[graph.root], after: after[graph.root], change, quotient: change / h, slope, promised: slope * h};
  }

  const float = (value) => (Number.isInteger(value) && Math.abs(value) < 1e16 ? `${value}.0` : String(value));

  /** The same formula, with its gradients, in each of four libraries. */
  function codesOf({graph, numbers}) {
    const names = Object.keys(numbers);
    const title = graph.title ?? "result";
    const values = Object.values(numbers).map(float);
    const all = names.join(", ");
    const last = names.length === 1 ? `${all},` : all;
    const positions = `(${names.map((_, k) => k).join(", ")}${names.length === 1 ? "," : ""})`;
    const text = (library) => inPython(graph, library);
    const own = ["relu", "sigmoid"].filter((name) => text("numpy").includes(`${name}(`));
    return {
      dlcourse: [
        "import numpy as np",
        `from dlcourse.autodiff import ${[...own, "value_and_grad"].join(", ")}`,
        "", "",
        `def ${title}(${all}):`,
        `    return ${text("numpy")}`,
        "", "",
        `value, gradients = value_and_grad(${title}, argnums=${positions})(${values.join(", ")})`,
        "print(float(value), *map(float, gradients))",
      ],
      PyTorch: [
        "import torch",
        "",
        ...names.map((name, k) => `${name} = torch.tensor(${values[k]}, dtype=torch.float64, requires_grad=True)`),
        `${title} = ${text("torch")}`,
        `${title}.backward()`,
        `print(${title}.item(), *(number.grad.item() for number in (${last})))`,
      ],
      JAX: [
        "import jax",
        "import jax.numpy as jnp",
        "",
        'jax.config.update("jax_enable_x64", True)',
        "", "",
        `def ${title}(${all}):`,
        `    return ${text("jax")}`,
        "", "",
        `value, gradients = jax.value_and_grad(${title}, argnums=${positions})(${values.join(", ")})`,
        "print(float(value), *map(float, gradients))",
      ],
      TensorFlow: [
        "import tensorflow as tf",
        "",
        ...names.map((name, k) => `${name} = tf.Variable(${values[k]}, dtype=tf.float64)`),
        "with tf.GradientTape() as tape:",
        `    ${title} = ${text("tensorflow")}`,
        `gradients = tape.gradient(${title}, [${all}])`,
        `print(float(${title}), *map(float, gradients))`,
      ],
    };
  }

  Object.assign(window.dlLabs, {readFormula, writeFormula, namesOf, inWords, stepsOf, pathsOf, nudge, codesOf});
})();
