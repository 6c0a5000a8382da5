set encoding utf8
set terminal pngcairo noenhanced size 2190,1100 font 'Arial,12' fontscale 2 linewidth 2 pointscale 2 background rgb 'white'
set output "figure.png"
set multiplot
set border 3 linewidth 0.8 linecolor rgb '#555555'
set tics nomirror out scale 0.5 textcolor rgb '#333333'
set grid xtics ytics back linetype 1 linewidth 0.6 linecolor rgb '#E6E6E6'
unset key
set lmargin at screen 0.08694063927
set rmargin at screen 0.4796347032
set tmargin at screen 0.8436363636
set bmargin at screen 0.2618181818
set title "Base and new classes" font 'Arial:Bold,13' offset 0,-0.2 textcolor rgb '#222222'
set xlabel "Session" textcolor rgb '#222222'
set ylabel "Accuracy (%)" textcolor rgb '#222222'
set xrange [-0.3:10.3]
set yrange [40:100]
set xtics norotate ("0" 0, "1" 1, "2" 2, "3" 3, "4" 4, "5" 5, "6" 6, "7" 7, "8" 8, "9" 9, "10" 10)
set ytics ("40" 40, "50" 50, "60" 60, "70" 70, "80" 80, "90" 90, "100" 100)
$data1 << END
0 97.72724493 98.8946318
1 96.78143126 98.4053707
2 96.11887345 98.25267289
3 95.21713602 97.8407792
4 94.65184603 97.77504632
5 94.16452203 97.76144683
6 93.61624331 97.62722861
7 93.15670931 97.70582866
8 92.41531013 97.46348686
9 91.99889939 97.56384364
10 91.47651483 97.57882631
END
$data2 << END
0 91.72724493 92.8946318
1 89.98143126 91.6053707
2 88.21887345 90.35267289
3 86.61713602 89.2407792
4 85.35184603 88.47504632
5 84.16452203 87.76144683
6 83.21624331 87.22722861
7 82.25670931 86.80582866
8 81.31531013 86.36348686
9 80.59889939 86.16384364
10 79.77651483 85.87882631
END
$data3 << END
0 96.82724493 97.9946318
1 87.68143126 89.3053707
2 80.11887345 82.25267289
3 73.61713602 76.2407792
4 68.05184603 71.17504632
5 63.06452203 66.66144683
6 58.91624331 62.92722861
7 55.05670931 59.60582866
8 51.51531013 56.56348686
9 48.49889939 54.06384364
10 45.67651483 51.77882631
END
$data4 << END
0 98.33326195
1 97.56478993
2 97.22923971
3 96.48486992
4 96.1929745
5 96.0368177
6 95.52647133
7 95.51614887
8 94.83659727
9 95.01378268
10 94.23440943
END
$data5 << END
0 92.33326195
1 90.76478993
2 89.32923971
3 87.88486992
4 86.8929745
5 86.0368177
6 85.12647133
7 84.61614887
8 83.73659727
9 83.61378268
10 82.53440943
END
$data6 << END
0 97.43326195
1 88.46478993
2 81.22923971
3 74.88486992
4 69.5929745
5 64.9368177
6 60.82647133
7 57.41614887
8 53.93659727
9 51.51378268
10 48.43440943
END
plot $data1 using 1:2:3 with filledcurves fillstyle solid noborder fillcolor rgb '#D10072B2', \
  $data2 using 1:2:3 with filledcurves fillstyle solid noborder fillcolor rgb '#D1D55E00', \
  $data3 using 1:2:3 with filledcurves fillstyle solid noborder fillcolor rgb '#D1009E73', \
  $data4 using 1:2 with linespoints linewidth 1.8 dashtype 1 linecolor rgb '#0072B2' pointtype 7 pointsize 0.55, \
  $data5 using 1:2 with linespoints linewidth 1.8 dashtype 1 linecolor rgb '#D55E00' pointtype 5 pointsize 0.55, \
  $data6 using 1:2 with linespoints linewidth 1.8 dashtype 1 linecolor rgb '#009E73' pointtype 9 pointsize 0.55
unset label
unset key
set lmargin at screen 0.5866666667
set rmargin at screen 0.9793607306
set tmargin at screen 0.8436363636
set bmargin at screen 0.2618181818
set title "New classes" font 'Arial:Bold,13' offset 0,-0.2 textcolor rgb '#222222'
set xlabel "Session" textcolor rgb '#222222'
set ylabel "Accuracy (%)" textcolor rgb '#222222'
set xrange [0.7:10.3]
set yrange [-2:100]
set xtics norotate ("1" 1, "2" 2, "3" 3, "4" 4, "5" 5, "6" 6, "7" 7, "8" 8, "9" 9, "10" 10)
set ytics ("0" 0, "20" 20, "40" 40, "60" 60, "80" 80, "100" 100)
$data7 << END
1 93.42724493 94.5946318
2 92.38143126 94.0053707
3 91.71887345 93.85267289
4 91.01713602 93.6407792
5 90.45184603 93.57504632
6 89.86452203 93.46144683
7 89.31624331 93.32722861
8 88.35670931 92.90582866
9 87.51531013 92.56348686
10 86.99889939 92.56384364
END
$data8 << END
1 83.42724493 84.5946318
2 82.08143126 83.7053707
3 80.91887345 83.05267289
4 79.71713602 82.3407792
5 78.55184603 81.67504632
6 77.46452203 81.06144683
7 76.61624331 80.62722861
8 75.55670931 80.10582866
9 74.41531013 79.46348686
10 73.49889939 79.06384364
END
$data9 << END
1 0 0
2 0 0
3 0 0
4 0 0
5 0 0
6 0 0
7 0 0
8 0 0
9 0 0
10 0 0
END
$data10 << END
1 94.03326195
2 93.16478993
3 92.82923971
4 92.28486992
5 91.9929745
6 91.7368177
7 91.22647133
8 90.71614887
9 89.93659727
10 90.01378268
END
$data11 << END
1 84.03326195
2 82.86478993
3 82.02923971
4 80.98486992
5 80.0929745
6 79.3368177
7 78.52647133
8 77.91614887
9 76.83659727
10 76.51378268
END
$data12 << END
1 0
2 0
3 0
4 0
5 0
6 0
7 0
8 0
9 0
10 0
END
plot $data7 using 1:2:3 with filledcurves fillstyle solid noborder fillcolor rgb '#D10072B2', \
  $data8 using 1:2:3 with filledcurves fillstyle solid noborder fillcolor rgb '#D1D55E00', \
  $data9 using 1:2:3 with filledcurves fillstyle solid noborder fillcolor rgb '#D1009E73', \
  $data10 using 1:2 with linespoints linewidth 1.8 dashtype 1 linecolor rgb '#0072B2' pointtype 7 pointsize 0.55, \
  $data11 using 1:2 with linespoints linewidth 1.8 dashtype 1 linecolor rgb '#D55E00' pointtype 5 pointsize 0.55, \
  $data12 using 1:2 with linespoints linewidth 1.8 dashtype 1 linecolor rgb '#009E73' pointtype 9 pointsize 0.55
unset label
unset key
set lmargin at screen 0
set rmargin at screen 1
set tmargin at screen 1
set bmargin at screen 0
unset title
unset xlabel
unset ylabel
unset border
unset tics
unset grid
set xrange [0:1]
set yrange [0:1]
set key at screen 0.5,0.1036363636 center center horizontal maxcols 3 Left reverse samplen 2.5 spacing 1.1 width 1 textcolor rgb '#222222'
plot NaN with linespoints linewidth 1.8 dashtype 1 linecolor rgb '#0072B2' pointtype 7 pointsize 0.55 title "ridge (2,000 random features)", \
  NaN with linespoints linewidth 1.8 dashtype 1 linecolor rgb '#D55E00' pointtype 5 pointsize 0.55 title "prototypical", \
  NaN with linespoints linewidth 1.8 dashtype 1 linecolor rgb '#009E73' pointtype 9 pointsize 0.55 title "frozen"
unset key
set border 3 linewidth 0.8 linecolor rgb '#555555'
set tics nomirror out scale 0.5 textcolor rgb '#333333'
set grid xtics ytics back linetype 1 linewidth 0.6 linecolor rgb '#E6E6E6'
unset key
unset label
set label "Keyword learning from five examples" at screen 0.5,0.9527272727 center font 'Arial:Bold,15' textcolor rgb '#222222'
set label "synthetic speech, quick, M5, 20 repeats" at screen 0.5,0.04 center font ',10' textcolor rgb '#666666'
unset title
unset xlabel
unset ylabel
unset border
unset tics
unset grid
set xrange [0:1]
set yrange [0:1]
plot NaN notitle
unset multiplot
unset output
