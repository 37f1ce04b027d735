# SPDX-License-Identifier: Apache-2.0
"""The plot of cost against agreement: each contender a point, both axes logarithmic, because gains are ratios."""
import math

WIDTH, HEIGHT = 860, 480
LEFT, RIGHT, TOP, BOTTOM = 80, 30, 50, 60
SMALLEST = 1e-3  # disagreements below are drawn here
COLOURS = {"Rheo": "#1f6f8b", "onnxruntime": "#c2702c", "openvino": "#6a4c93"}


def scale(low, high, start, end):
    return lambda value: start + (end - start) * math.log(value / low) / math.log(high / low)


def plot(rows):
    """SVG of rows with name, mean_us and disagreement; a Rheo that adapts ("Rheo auto") is drawn larger."""
    costs = [row["mean_us"] / 1000 for row in rows]
    worst = max(SMALLEST * 10, *(row["disagreement"] for row in rows))
    x = scale(min(costs) * 0.8, max(costs) * 1.6, LEFT, WIDTH - RIGHT)
    y = scale(SMALLEST * 0.8, worst * 1.3, HEIGHT - BOTTOM, TOP)
    parts = [f"<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 {WIDTH} {HEIGHT}' font-family='sans-serif' font-size='12'>",
             "<rect width='100%' height='100%' fill='white'/>",
             f"<text x='{LEFT}' y='28' font-size='16'>Cost against agreement with the f32 model</text>"]
    for share in (0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5):
        if SMALLEST <= share <= worst * 1.3:
            parts.append(f"<line x1='{LEFT}' x2='{WIDTH - RIGHT}' y1='{y(share):.1f}' y2='{y(share):.1f}' stroke='#e4e4e4'/>"
                         f"<text x='{LEFT - 8}' y='{y(share) + 4:.1f}' text-anchor='end'>{share * 100:g} %</text>")
    for cost in (0.5, 1, 2, 3, 4, 5, 6, 8, 10, 15, 20, 30, 50):
        if min(costs) * 0.8 <= cost <= max(costs) * 1.6:
            parts.append(f"<line x1='{x(cost):.1f}' x2='{x(cost):.1f}' y1='{TOP}' y2='{HEIGHT - BOTTOM}' stroke='#e4e4e4'/>"
                         f"<text x='{x(cost):.1f}' y='{HEIGHT - BOTTOM + 18}' text-anchor='middle'>{cost:g}</text>")
    parts.append(f"<text x='{(LEFT + WIDTH - RIGHT) / 2}' y='{HEIGHT - 16}' text-anchor='middle'>mean time per picture, ms</text>")
    parts.append(f"<text x='18' y='{(TOP + HEIGHT - BOTTOM) / 2}' text-anchor='middle' transform='rotate(-90 18 "
                 f"{(TOP + HEIGHT - BOTTOM) / 2})'>answers unlike the f32 model's</text>")
    for number, row in enumerate(sorted(rows, key=lambda row: row["mean_us"])):
        at, down = x(row["mean_us"] / 1000), y(max(row["disagreement"], SMALLEST))
        label = down + (-6, 18, -20)[number % 3]  # neighbours may lie close
        radius = 7 if row["name"] == "Rheo auto" else 4
        parts.append(f"<circle cx='{at:.1f}' cy='{down:.1f}' r='{radius}' fill='{COLOURS[row['name'].split()[0]]}'/>"
                     f"<text x='{at + 9:.1f}' y='{label:.1f}'>{row['name']}</text>")
    return "\n".join([*parts, "</svg>"]) + "\n"
