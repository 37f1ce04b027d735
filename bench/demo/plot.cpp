// SPDX-License-Identifier: Apache-2.0
// Both axes are logarithmic: gains are ratios, and disagreements span three decades.
#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "demo/row.h"

namespace rheo::demo {

namespace {

constexpr double kWidth = 860;
constexpr double kHeight = 520;
constexpr double kLeft = 80;
constexpr double kRight = 30;
constexpr double kTop = 50;
constexpr double kBottom = 60;
constexpr double kSmallest = 2e-4;  // disagreements below are drawn here

struct Scale {
  double low;
  double high;
  double from;
  double to;
  double operator()(double value) const {
    return from + (to - from) * (std::log(value) - std::log(low)) / (std::log(high) - std::log(low));
  }
};

struct Look {
  const char* colour;
  const char* label;
};
Look look_of(Point::Kind kind) {
  switch (kind) {
    case Point::Kind::path: return {"#888888", "single paths: live"};
    case Point::Kind::thresholds: return {"#c2702c", "adaptive, thresholds: replayed"};
    case Point::Kind::tradeoff: return {"#1f6f8b", "adaptive, trade-off: replayed"};
    case Point::Kind::shipped: return {"#b3123c", "certified and shipped: live"};
  }
  return {"#000000", ""};
}

std::string axes(const Scale& x, const Scale& y, double promised) {
  std::string svg;
  for (double decade : {0.0002, 0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2}) {
    if (decade < y.low || decade > y.high) continue;
    svg += fmt::format(
        "<line x1='{0}' x2='{1}' y1='{2:.1f}' y2='{2:.1f}' stroke='#e4e4e4'/><text x='{3}' y='{4:.1f}' "
        "text-anchor='end'>{5:g} %</text>\n",
        kLeft, kWidth - kRight, y(decade), kLeft - 8, y(decade) + 4, decade * 100);
  }
  for (double cost = std::pow(10, std::floor(std::log10(x.low))); cost <= x.high; cost *= 10) {
    for (const double step : {1.0, 2.0, 5.0}) {
      const double at = cost * step;
      if (at < x.low || at > x.high) continue;
      svg += fmt::format(
          "<line x1='{0:.1f}' x2='{0:.1f}' y1='{1}' y2='{2}' stroke='#e4e4e4'/><text x='{0:.1f}' y='{3}' "
          "text-anchor='middle'>{4:g}</text>\n",
          x(at), kTop, kHeight - kBottom, kHeight - kBottom + 18, at);
    }
  }
  svg += fmt::format(
      "<line x1='{0}' x2='{1}' y1='{2:.1f}' y2='{2:.1f}' stroke='#b3123c' stroke-dasharray='6 4'/><text x='{1}' "
      "y='{3:.1f}' text-anchor='end' fill='#b3123c'>promised: at most {4:g} %</text>\n",
      kLeft, kWidth - kRight, y(promised), y(promised) - 6, promised * 100);
  svg += fmt::format(
      "<text x='{}' y='{}' text-anchor='middle'>mean time per picture, microseconds; "
      "replayed: sum of the paths' live means, without deciding</text>\n",
      (kLeft + kWidth - kRight) / 2, kHeight - 16);
  svg += fmt::format(
      "<text x='18' y='{0}' text-anchor='middle' transform='rotate(-90 18 {0})'>answers unlike the reference "
      "path</text>\n",
      (kTop + kHeight - kBottom) / 2);
  return svg;
}

}  // namespace

std::string plot_svg(const std::vector<Point>& points, double promised_disagreement) {
  double cheapest = 1e30;
  double dearest = 0;
  double worst = promised_disagreement * 2;
  for (const Point& point : points) {
    cheapest = std::min(cheapest, point.cost_us);
    dearest = std::max(dearest, point.cost_us);
    worst = std::max(worst, point.disagreement);
  }
  const Scale x{cheapest * 0.8, dearest * 1.25, kLeft, kWidth - kRight};
  const Scale y{kSmallest * 0.8, worst * 1.3, kHeight - kBottom, kTop};
  std::string svg = fmt::format(
      "<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 {} {}' font-family='sans-serif' font-size='12'>\n"
      "<rect width='100%' height='100%' fill='white'/>\n",
      kWidth, kHeight);
  svg += fmt::format("<text x='{}' y='28' font-size='16'>Cost against agreement on the test pictures</text>\n", kLeft);
  svg += axes(x, y, promised_disagreement);
  double legend = kTop + 16;
  for (const Point::Kind kind :
       {Point::Kind::path, Point::Kind::thresholds, Point::Kind::tradeoff, Point::Kind::shipped}) {
    const Look look = look_of(kind);
    std::string line;
    for (const Point& point : points) {
      if (point.kind != kind) continue;
      const double px = x(point.cost_us);
      const double py = y(std::max(point.disagreement, kSmallest));
      line += fmt::format("{}{:.1f},{:.1f}", line.empty() ? "" : " ", px, py);
      svg += fmt::format(
          "<circle cx='{:.1f}' cy='{:.1f}' r='{}' fill='{}'><title>{}: {:.1f} us, {:.2f} %</title></circle>\n", px, py,
          kind == Point::Kind::shipped ? 7 : 4, look.colour, point.name, point.cost_us, point.disagreement * 100);
      if (kind == Point::Kind::path)
        svg += fmt::format("<text x='{:.1f}' y='{:.1f}' fill='#666666'>{}</text>\n", px + 7, py - 5, point.name);
    }
    const bool is_line = kind == Point::Kind::thresholds || kind == Point::Kind::tradeoff;
    if (is_line)
      svg += fmt::format("<polyline points='{}' fill='none' stroke='{}' stroke-width='2'/>\n", line, look.colour);
    svg += fmt::format("<circle cx='{}' cy='{}' r='5' fill='{}'/><text x='{}' y='{}'>{}</text>\n", kWidth - 230, legend,
                       look.colour, kWidth - 218, legend + 4, look.label);
    legend += 18;
  }
  return svg + "</svg>\n";
}

}  // namespace rheo::demo
