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
  let listed = 0;
  for (const [path, text] of files) {
    const [name, data] = [path, text].map((written) => new TextEncoder().encode(written));
    const { length } = data;
    // Version 2.0, names in UTF-8, stored, on the first day that a ZIP knows (1980-01-01).
    const about = [20, 0x0800, 0, 0, 33, checksum(data), length, length, name.length, 0];
    const head = numbers("42222244422", 0x04034b50, ...about);
    const entry = numbers("42222224442222244", 0x02014b50, 20, ...about, 0, 0, 0, 0, size);
    parts.push(head, name, data);
    entries.push(entry, name);
    size += head.length + name.length + length;
    listed += entry.length + name.length;
  }
  const { length } = files;
  const end = numbers("42222442", 0x06054b50, 0, 0, length, length, listed, size, 0);
  return new Blob([...parts, ...entries, end], { type: "application/zip" });
}

/** Numbers of so many bytes each, the lowest byte first. */
function numbers(widths, ...values) {
  return Uint8Array.from([...widths].flatMap((width, k) =>
    Array.from({ length: width }, (_, i) => (values[k] >>> (8 * i)) & 255)));
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
