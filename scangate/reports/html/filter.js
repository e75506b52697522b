"use strict";

// Without this script every finding is shown; it only hides those that nobody asks for.
for (const form of document.querySelectorAll("form.filter")) {
  const [words, severity, bucket] = form.elements;
  const told = form.querySelector("output");
  const groups = Array.from(form.nextElementSibling.tBodies, (body) => ({
    body,
    rows: Array.from(body.rows, (row) => ({ row, text: null })),
  }));
  const total = groups.reduce((sum, group) => sum + group.rows.length, 0);

  // Read when it is first needed, and kept
  const textOf = (entry) =>
    (entry.text ??= Array.from(entry.row.cells, (cell) => cell.textContent)
      .join("\n")
      .toLowerCase());

  const isOf = (row, choice) => choice.value === "" || row.classList.contains(choice.value);

  // What is as it should be is left alone: each change costs a new layout
  const show = (element, shown) => {
    if (element.hidden === shown) element.hidden = !shown;
  };

  const filterGroup = ({ body, rows }, wanted) => {
    let shown = 0;
    for (const entry of rows) {
      const kept =
        isOf(entry.row, severity) &&
        isOf(entry.row, bucket) &&
        wanted.every((word) => textOf(entry).includes(word));
      show(entry.row, kept);
      shown += kept;
    }
    show(body, shown > 0);
    body.style.setProperty("--rows", shown);
    return shown;
  };

  const filter = () => {
    const wanted = words.value.toLowerCase().split(/\s+/).filter(Boolean);
    const shown = groups.reduce((sum, group) => sum + filterGroup(group, wanted), 0);
    form.classList.toggle("active", shown < total);
    told.textContent = `${shown} of ${total} shown`;
  };

  form.addEventListener("input", filter);
  form.addEventListener("submit", (event) => event.preventDefault());
  // The fields are emptied only after this event
  form.addEventListener("reset", () => setTimeout(filter));
  filter();
  form.hidden = false;
}
