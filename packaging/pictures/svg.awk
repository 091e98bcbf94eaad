# SPDX-License-Identifier: MIT
# svg.awk -v columns=N -v title=TEXT: lines of a terminal, with colours as ECMA-48 has them, become SVG.
# Of colours it knows those that runstatd uses; each run of one colour is placed by its column.

BEGIN {
	width = 8.4; height = 19; left = 14; top = 46
	color["32"] = "#8ec07c"; color["33"] = "#fabd2f"; color["31"] = "#fb4934"
}

function escape(text) {
	gsub(/&/, "\\&amp;", text)
	gsub(/</, "\\&lt;", text)
	gsub(/>/, "\\&gt;", text)
	return text
}

# Writes the text at the column, in the way that the codes say.
function put(text, column, codes, style) {
	if (text ~ /^ *$/)
		return
	style = ""
	if (codes in color)
		style = " fill=\"" color[codes] "\""
	if (bold)
		style = style " font-weight=\"bold\""
	if (faint)
		style = style " fill-opacity=\"0.55\""
	body = body sprintf("<text x=\"%.1f\" y=\"%d\"%s textLength=\"%.1f\">%s</text>\n", left + column * width,
		top + n * height, style, length(text) * width, escape(text))
}

{
	line = $0; column = 0
	while (match(line, /\033\[[0-9;]*m/)) {
		text = substr(line, 1, RSTART - 1)
		put(text, column, now)
		column += length(text)
		codes = substr(line, RSTART + 2, RLENGTH - 3)
		line = substr(line, RSTART + RLENGTH)
		count = split(codes == "" ? "0" : codes, code, ";")
		for (i = 1; i <= count; i++) {
			if (code[i] == 0) { now = ""; bold = faint = 0 }
			else if (code[i] == 1) bold = 1
			else if (code[i] == 2) faint = 1
			else if (code[i] == 39) now = ""
			else now = code[i]
		}
	}
	put(line, column, now)
	n++
}

END {
	w = columns * width + 2 * left; h = top + n * height
	printf "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" height=\"%d\" viewBox=\"0 0 %d %d\">\n", w, h, w, h
	printf "<rect width=\"%d\" height=\"%d\" rx=\"8\" fill=\"#1d2021\"/>\n", w, h
	print "<g font-family=\"DejaVu Sans Mono, Menlo, Consolas, monospace\" font-size=\"14\" fill=\"#ebdbb2\" xml:space=\"preserve\">"
	printf "<text x=\"%d\" y=\"22\" fill-opacity=\"0.6\">%s</text>\n", left, escape(title)
	printf "%s</g>\n</svg>\n", body
}
