import Foundation

/// A page that shows points moving from block to block, with a slider and a button; it needs nothing but a browser.
struct TrajectoryPage {
  let title: String
  let names: [String]
  let labels: [Int]
  /// For each block `x_0, y_0, x_1, y_1, ...`.
  let states: [[Double]]

  private struct Content: Encodable {
    let names: [String]
    let labels: [Int]
    let states: [[Double?]]
  }

  /// The page.
  func html() throws -> String {
    let rounded = states.map { $0.map { $0.isFinite ? ($0 * 1e4).rounded() / 1e4 : nil } }
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys]
    let data = try encoder.encode(Content(names: names, labels: labels, states: rounded))
    return Self.template
      .replacingOccurrences(of: "TITLE", with: HTML.escaped(title))
      .replacingOccurrences(of: "CONTENT", with: HTML.script(String(decoding: data, as: UTF8.self)))
  }

  private static let template = #"""
    <!DOCTYPE html>
    <html lang="en"><head><meta charset="utf-8"><title>TITLE</title>
    <style>
      body { font: 15px/1.4 system-ui, sans-serif; margin: 24px; color: #222; background: #fff }
      canvas { border: 1px solid #ccc; max-width: 100% }
      #bar { display: flex; gap: 12px; align-items: center; width: 640px; max-width: 100%; margin: 8px 0 }
      #time { flex: 1 }
      .key { display: inline-block; width: 11px; height: 11px; border-radius: 50%; margin: 0 6px 0 14px }
    </style></head><body>
    <h1 style="font-size: 18px">TITLE</h1>
    <div id="bar"><button id="play">Play</button><input id="time" type="range" min="0" step="0.02" value="0"
      aria-label="block"><span id="label"></span></div>
    <canvas id="view" width="640" height="640"></canvas><div id="keys"></div>
    <script>
    const content = CONTENT;
    const colors = ["#4c78a8", "#e45756", "#54a24b", "#f58518", "#b279a2", "#72b7b2", "#9d755d", "#eeca3b",
      "#ff9da6", "#79706e"];
    const canvas = document.getElementById("view"), pen = canvas.getContext("2d");
    const slider = document.getElementById("time"), play = document.getElementById("play");
    const blocks = content.states.length;
    slider.max = blocks - 1;
    function extent(state) {
      let r = 0;
      for (const value of state) if (value !== null) r = Math.max(r, Math.abs(value));
      return r || 1;
    }
    const extents = content.states.map(extent);
    function draw() {
      const t = Number(slider.value), low = Math.min(Math.floor(t), blocks - 1);
      const high = Math.min(low + 1, blocks - 1), part = t - low;
      const a = content.states[low], b = content.states[high];
      const size = 1.08 * (extents[low] * (1 - part) + extents[high] * part), half = canvas.width / 2;
      pen.clearRect(0, 0, canvas.width, canvas.height);
      pen.strokeStyle = "#ddd";
      pen.beginPath(); pen.moveTo(0, half); pen.lineTo(2 * half, half); pen.moveTo(half, 0);
      pen.lineTo(half, 2 * half); pen.stroke();
      for (let i = 0; i < content.labels.length; i++) {
        if (a[2 * i] === null || b[2 * i] === null || a[2 * i + 1] === null || b[2 * i + 1] === null) continue;
        const x = a[2 * i] * (1 - part) + b[2 * i] * part, y = a[2 * i + 1] * (1 - part) + b[2 * i + 1] * part;
        pen.fillStyle = colors[content.labels[i] % colors.length];
        pen.beginPath(); pen.arc(half + x / size * half, half - y / size * half, 3, 0, 7); pen.fill();
      }
      document.getElementById("label").textContent =
        "block " + t.toFixed(1) + " of " + (blocks - 1) + ", axes to \u00b1" + size.toPrecision(3);
    }
    document.getElementById("keys").innerHTML = content.names.map((name, i) =>
      '<span class="key" style="background:' + colors[i % colors.length] + '"></span>').join("");
    document.querySelectorAll("#keys .key").forEach((key, i) => key.after(content.names[i]));
    slider.addEventListener("input", draw);
    let running = false, before = 0;
    function frame(now) {
      if (!running) return;
      const next = Number(slider.value) + (now - before) / 350;
      before = now;
      slider.value = next;
      draw();
      if (next >= blocks - 1) { running = false; play.textContent = "Play"; return; }
      requestAnimationFrame(frame);
    }
    play.addEventListener("click", () => {
      running = !running;
      play.textContent = running ? "Pause" : "Play";
      if (running) {
        if (Number(slider.value) >= blocks - 1) slider.value = 0;
        before = performance.now();
        requestAnimationFrame(frame);
      }
    });
    draw();
    </script></body></html>

    """#
}
