export {
  causeLanes,
  neighbourAlong,
  type CauseArrow,
  type CauseLane,
  type CauseLanes,
  type CauseMetrics,
} from "./causes/cause-lanes.ts";
export {
  BAND_TITLE_PX,
  bandsHeight,
  hitChart,
  layoutBands,
  paintChart,
  type Band,
  type ChartHit,
} from "./flame/flame-chart.ts";
export {
  FLAME_ROW_PX,
  frameText,
  hitFlame,
  layoutFlame,
  wayTo,
  type FlameBox,
  type FlameLayout,
} from "./flame/flame-layout.ts";
export { paintFlame, type FlameScene } from "./flame/paint-flame.ts";
export { hitLane, type LaneHit } from "./hit-test.ts";
export { heightOf } from "./lane-layout.ts";
export {
  LANE_METRICS,
  laneHeight,
  LaneStack,
  type LaneMetrics,
  type VisibleLanes,
} from "./lane-stack.ts";
export { countText } from "./count-text.ts";
export { gapText } from "./paint-gaps.ts";
export { paintLanes, type LanesScene, type LaneTools, type PlacedLane } from "./paint-lanes.ts";
export { spanText } from "./paint-spans.ts";
export { PixelLines, type ImageSurface, type ToImage } from "./pixel-lines.ts";
export { paintDensity, paintOverview, type OverviewScene } from "./paint-overview.ts";
export { paintRuler, type RulerScene } from "./paint-ruler.ts";
export { DARK, LIGHT, moduleOf, spanColours, type Palette, type SpanColours } from "./palette.ts";
export {
  clampRange,
  fitRange,
  MIN_SPAN_NS,
  panBy,
  reveal,
  spanOf,
  timeScale,
  tOf,
  xOf,
  zoomAbout,
  type TimeScale,
} from "./scale.ts";
export { beginFrame, type Box, type Surface } from "./surface.ts";
export { cachedMeasure, fitLabel, fitText, type Measure } from "./text-fit.ts";
export { messageColour } from "./sequence/paint-messages.ts";
export { paintSequence, SEQUENCE_FONT, type SequenceScene } from "./sequence/paint-sequence.ts";
export {
  orderAxis,
  timeAt,
  timeAxis,
  yAt,
  type Break,
  type SequenceAxis,
} from "./sequence/sequence-axis.ts";
export { hitSequence, type SequenceHit } from "./sequence/sequence-hit.ts";
export {
  layoutSequence,
  placeColumns,
  SEQUENCE_METRICS,
  type Arrow,
  type MergedArrow,
  type PlacedColumn,
  type SequenceLayout,
} from "./sequence/sequence-layout.ts";
export {
  formatDuration,
  formatTime,
  formatWallClock,
  ticks,
  tickStep,
  type Tick,
} from "./time-text.ts";
export {
  hitConstellation,
  hitHull,
  neighbour,
  type ConstellationHit,
  type Heading,
} from "./constellation/hit-constellation.ts";
export { paintConstellation } from "./constellation/paint-constellation.ts";
export type { ConstellationScene } from "./constellation/paint-texts.ts";
export {
  cameraFor,
  radiusOf,
  SIZES,
  sizeValue,
  zoomed,
  type Camera,
  type Constellation,
  type Screen,
  type SizeBy,
  type Star,
} from "./constellation/star.ts";
export { paintStrip, type StripScene } from "./strip/paint-strip.ts";
export { cellAtTime, cellAtX, stripTime, stripX, type StripLayout } from "./strip/strip-layout.ts";
export { paintMessageArrows } from "./paint-message-arrows.ts";
export { paintLaneMarks, paintOverviewMarks } from "./marks/paint-result-marks.ts";
export { hitFlag, hitMarkLine, hitOverviewMark, type RowHit } from "./marks/hit-result-marks.ts";
export {
  markBeside,
  resultMarks,
  type ResultMark,
  type ResultMarks,
} from "./marks/result-marks.ts";
