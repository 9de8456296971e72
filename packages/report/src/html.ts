/** The report as one HTML file. @module */
export { htmlReport, type HtmlReportOptions } from "./html/html-report.ts";
export type { PageAssets } from "./html/page-assets.ts";
