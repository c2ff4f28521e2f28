/* Draws the table a figure names: <canvas data-chart="columns" data-table="id">. Colours come from the tokens. */
(() => {
  "use strict";
  const style = getComputedStyle(document.documentElement);
  const probe = document.body.appendChild(document.createElement("i"));
  const token = (name) => {
    probe.style.color = `var(--${name})`;
    return getComputedStyle(probe).color;
  };
  let ink3 = "";
  const rtl = document.documentElement.dir === "rtl";

  // The number is in data-value; the cell's words are what the reader sees.
  const numberOf = (cell) => (cell.dataset.value === "" || cell.dataset.value === undefined ? null : Number(cell.dataset.value));

  function series(table, line) {
    const rows = [...table.tBodies[0].rows];
    const heads = [...table.tHead.rows[0].cells].slice(1);
    const colours = [token("accent"), token("line-2")];
    return {
      labels: rows.map((row) => row.cells[0].textContent.trim()),
      datasets: heads.map((head, index) => ({
        label: head.textContent.trim(),
        words: rows.map((row) => row.cells[index + 1].textContent.trim()),
        data: rows.map((row) => numberOf(row.cells[index + 1])),
        backgroundColor: colours[index % 2],
        borderColor: colours[index % 2],
        borderRadius: 3,
        grouped: false,
        barPercentage: 0.62,
        categoryPercentage: 0.92,
        pointRadius: 2.5,
        borderWidth: line ? 2 : 0,
        order: index,
      })),
    };
  }

  // A dashed line before the step that is not over yet, named by the table's data-so-far.
  const soFar = (table) => ({
    id: "so-far",
    afterDatasetsDraw(chart) {
      const index = [...table.tBodies[0].rows].findIndex((row) => "partial" in row.dataset);
      const { ctx, scales: { x }, chartArea: { top, bottom } } = chart;
      if (index < 1) return;
      const at = (x.getPixelForValue(index) + x.getPixelForValue(index - 1)) / 2;
      ctx.save();
      ctx.strokeStyle = ctx.fillStyle = ink3;
      ctx.setLineDash([3, 3]);
      ctx.beginPath();
      ctx.moveTo(at, top);
      ctx.lineTo(at, bottom);
      ctx.stroke();
      ctx.font = `12px ${Chart.defaults.font.family}`;
      ctx.textAlign = rtl ? "left" : "right";
      ctx.fillText(table.dataset.soFar || "", rtl ? 2 : chart.width - 2, top - 6);
      ctx.restore();
    },
  });

  function draw(canvas) {
    const table = document.getElementById(canvas.dataset.table);
    // Without a script the table stands open and there is no empty frame above it.
    canvas.closest("[data-drawn]")?.removeAttribute("hidden");
    table.closest("[data-fold]")?.removeAttribute("open");
    const line = canvas.dataset.chart === "line";
    const ink = token("ink-2");
    const digits = new Intl.NumberFormat(document.documentElement.dataset.locale || undefined, { notation: "compact", maximumFractionDigits: 1 });
    ink3 = token("ink-3");
    new Chart(canvas, {
      plugins: [soFar(table)],
      type: line ? "line" : "bar",
      data: series(table, line),
      options: {
        maintainAspectRatio: false,
        animation: false,
        layout: { padding: { top: 22 } },
        font: { family: style.fontFamily },
        scales: {
          x: { reverse: rtl, grid: { display: false }, ticks: { color: ink, maxRotation: 0 }, border: { color: token("line-2") } },
          y: { position: rtl ? "right" : "left", beginAtZero: true, grid: { color: token("line") }, border: { display: false }, ticks: { color: ink, maxTicksLimit: 5, callback: (number) => digits.format(number) } },
        },
        plugins: {
          legend: { display: false },
          tooltip: { rtl, callbacks: { label: (item) => `${item.dataset.label}: ${item.dataset.words[item.dataIndex]}` } },
        },
      },
    });
  }

  Chart.defaults.font.family = getComputedStyle(document.body).fontFamily;
  Chart.defaults.font.size = 12;
  document.querySelectorAll("canvas[data-chart]").forEach(draw);
  probe.remove();
})();
