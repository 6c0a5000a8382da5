set encoding utf8
set terminal pngcairo noenhanced size 1754,868 font 'Arial,12' fontscale 2 linewidth 2 pointscale 2 background rgb 'white'
set output "figure.png"
set multiplot
set border 3 linewidth 0.8 linecolor rgb '#555555'
set tics nomirror out scale 0.5 textcolor rgb '#333333'
set grid xtics ytics back linetype 1 linewidth 0.6 linecolor rgb '#E6E6E6'
unset key
set lmargin at screen 0.1028962372
set rmargin at screen 0.7414367161
set tmargin at screen 0.8940092166
set bmargin at screen 0.1566820276
set title "Loss \140rm -rf\140 \173/Bold x\175\1372\1363 \042q\042 \047z\047" font 'Arial:Bold,13' offset 0,-0.2 textcolor rgb '#222222'
set xlabel "epoch number" textcolor rgb '#222222'
set ylabel "cross-entropy" textcolor rgb '#222222'
set xrange [0.86:8.14]
set yrange [0.566:4.934]
set xtics norotate ("1" 1, "2" 2, "3" 3, "4" 4, "5" 5, "6" 6, "7" 7, "8" 8)
set ytics ("1" 1, "1.5" 1.5, "2" 2, "2.5" 2.5, "3" 3, "3.5" 3.5, "4" 4, "4.5" 4.5)
$data1 << END
1 4.6
2 3.1
3 2.2

5 1.4
6 1.1
7 0.9
8 0.8
END
$data2 << END
1 4.7
2 3.3
3 2.6
4 2.2
5 2
6 1.9
7 1.85
8 1.84
END
$data3 << END
1 4.5
2 4
3 3.5
4 3
5 2.5
6 2.4
7 2.3
8 2.2
END
plot $data1 using 1:2 with linespoints linewidth 1.8 dashtype 1 linecolor rgb '#0072B2' pointtype 7 pointsize 0.55, \
  $data2 using 1:2 with linespoints linewidth 1.8 dashtype 1 linecolor rgb '#D55E00' pointtype 5 pointsize 0.55, \
  $data3 using 1:2 with linespoints linewidth 1.8 dashtype 1 linecolor rgb '#009E73' pointtype 9 pointsize 0.55
unset label
unset key
unset title
unset xlabel
unset ylabel
unset border
unset tics
unset grid
set xrange [0:1]
set yrange [0:1]
set key at screen 0.7528392246,0.8940092166 left top vertical Left reverse samplen 2.5 spacing 1.2 textcolor rgb '#222222'
plot NaN with linespoints linewidth 1.8 dashtype 1 linecolor rgb '#0072B2' pointtype 7 pointsize 0.55 title "train \100x \134 100 %", \
  NaN with linespoints linewidth 1.8 dashtype 1 linecolor rgb '#D55E00' pointtype 5 pointsize 0.55 title "важный \047held out\047", \
  NaN with linespoints linewidth 1.8 dashtype 1 linecolor rgb '#009E73' pointtype 9 pointsize 0.55 title "سلام دنیا"
unset key
set border 3 linewidth 0.8 linecolor rgb '#555555'
set tics nomirror out scale 0.5 textcolor rgb '#333333'
set grid xtics ytics back linetype 1 linewidth 0.6 linecolor rgb '#E6E6E6'
unset multiplot
unset output
