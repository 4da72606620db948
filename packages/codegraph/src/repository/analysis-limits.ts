// What one file may cost before it is left out, so that a generated or hostile one cannot hold up the rest.

export type AnalysisLimits = {
  /** larger files are not analysed at all */
  readonly fileBytes: number;
  /** after this long the remaining functions of a file get no graphs */
  readonly softMs: number;
  /** after this long the thread that works on the file is ended */
  readonly hardMs: number;
  readonly diagnosticsPerFile: number;
};

export const DEFAULT_ANALYSIS_LIMITS: AnalysisLimits = {
  fileBytes: 2 * 1024 * 1024,
  softMs: 10_000,
  hardMs: 60_000,
  diagnosticsPerFile: 100,
};
