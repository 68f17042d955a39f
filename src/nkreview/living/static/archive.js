// A COMBINE archive, written in the page: files from the kernel, the reader's settings, a ZIP.

const PARAMETER = "/sbml:sbml/sbml:model/sbml:listOfParameters/sbml:parameter";

/**
 * The archive of a view at some settings.
 * @param {{model: string, views: Object<string, Object<string, string>>}} archives at the model's
 *   own values, by view and path
 * @param {string} view
 * @param {Object<string, number>} changes constants that differ from the model's
 * @returns {Blob}
 */
export function archiveOf({ model, views }, view, changes) {
  const files = Object.entries(views[view]).map(([path, text]) =>
    [path, path.endsWith(".sedml") ? withChanges(text, changes) : text]);
  return zip([...files, ["model.xml", model]]);
}

/** An experiment with more constants changed; what it changes itself stays as it is. */
function withChanges(sedml, changes) {
  const own = (id) => `target="${PARAMETER}[@id='${id}']/@value"`;
  const added = Object.entries(changes).filter(([id]) => !sedml.includes(own(id)))
    .map(([id, value]) => `<changeAttribute ${own(id)} newValue="${value}"/>`).join("\n");
  return sedml.replace(/<listOfChanges( \/)?>/, (_, empty) =>
    `<listOfChanges>${added}${empty ? "</listOfChanges>" : ""}`);
}

/** A ZIP of texts, stored without compression. */
function zip(files) {
  const parts = [];
  const entries = [];
  let size = 0;
  for (const [path, text] of files) {
    const [name, data] = [path, text].map((written) => new TextEncoder().encode(written));
    // Version 2.0, names in UTF-8, stored, on the first day that a ZIP knows (1980-01-01).
    const about = [[20, 2], [0x0800, 2], [0, 2], [0, 2], [33, 2], [checksum(data), 4],
      [data.length, 4], [data.length, 4], [name.length, 2], [0, 2]];
    entries.push(numbers([[0x02014b50, 4], [20, 2], ...about, [0, 2], [0, 2], [0, 2], [0, 4],
      [size, 4]]), name);
    const head = numbers([[0x04034b50, 4], ...about]);
    parts.push(head, name, data);
    size += head.length + name.length + data.length;
  }
  const listed = entries.reduce((sum, bytes) => sum + bytes.length, 0);
  const count = files.length;
  const end = numbers([[0x06054b50, 4], [0, 2], [0, 2], [count, 2], [count, 2], [listed, 4],
    [size, 4], [0, 2]]);
  return new Blob([...parts, ...entries, end], { type: "application/zip" });
}

/** Numbers of some bytes each, the lowest byte first. */
function numbers(pairs) {
  return Uint8Array.from(pairs.flatMap(([value, bytes]) =>
    Array.from({ length: bytes }, (_, i) => (value >>> (8 * i)) & 255)));
}

/** CRC-32, as ZIP wants it. */
function checksum(data) {
  let crc = -1;
  for (const byte of data) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
  }
  return ~crc >>> 0;
}
