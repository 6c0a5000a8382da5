-- Commands of gnuplot in every text of a figure: none of them may run.
-- expect: completes
-- limits: time=20s output=16MiB
local nj = require "nightjar"
local mark = nj.run.out .. "/pwned"
for _, attack in ipairs { "`touch %s`", "\"; system('touch %s') #", "'\n!touch %s\n",
  "@A \\\"; set print '%s'; print 1; \"", "END\nset output '%s'\n", "\0`touch %s`" } do
  local text = attack:format(mark)
  local figure = nj.plot.lines { title = text, caption = text, x_label = text, y_label = text,
    series = { [text] = { 1, 2 }, b = { 2, 1 } } }
  pcall(figure.save, figure, nj.run.out .. "/figure.png")
  figure = nj.plot.bars { x = { text, "b" }, y = { 1, 2 } }
  pcall(figure.save, figure, nj.run.out .. "/figure.svg")
  assert(not nj.fs.exists(mark), text)
end
