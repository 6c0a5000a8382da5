set encoding utf8
set terminal pngcairo noenhanced size 1380,1046 font 'Arial,12' fontscale 2 linewidth 2 pointscale 2 background rgb 'white'
set output "figure.png"
set multiplot
set border 3 linewidth 0.8 linecolor rgb '#555555'
set tics nomirror out scale 0.5 textcolor rgb '#333333'
set grid xtics ytics back linetype 1 linewidth 0.6 linecolor rgb '#E6E6E6'
unset key
set lmargin at screen 0.1379710145
set rmargin at screen 0.9495652174
set tmargin at screen 0.9120458891
set bmargin at screen 0.3001912046
set title "By language" font 'Arial:Bold,13' offset 0,-0.2 textcolor rgb '#222222'
set xlabel "" textcolor rgb '#222222'
set ylabel "accuracy (%)" textcolor rgb '#222222'
set xrange [0.5:7.5]
set yrange [0:105.84]
set xtics rotate by 35 right ("English" 1, "français" 2, "català" 3, "Deutsch" 4, "Kinyarwanda" 5, "русский" 6, "فارسی" 7)
set ytics ("0" 0, "20" 20, "40" 40, "60" 60, "80" 80, "100" 100)
set grid noxtics
set label "92.1" at 0.81,92.1 center offset 0,0.5 font ',10' textcolor rgb '#444444'
set label "90.4" at 1.81,90.4 center offset 0,0.5 font ',10' textcolor rgb '#444444'
set label "91.3" at 2.81,91.3 center offset 0,0.5 font ',10' textcolor rgb '#444444'
set label "88.8" at 3.81,88.8 center offset 0,0.5 font ',10' textcolor rgb '#444444'
set label "86.2" at 4.81,86.2 center offset 0,0.5 font ',10' textcolor rgb '#444444'
set label "79.5" at 5.81,79.5 center offset 0,0.5 font ',10' textcolor rgb '#444444'
set label "75.2" at 6.81,75.2 center offset 0,0.5 font ',10' textcolor rgb '#444444'
$data1 << END
0.81 46.05 0.6314 0.9886 0 92.1
1.81 45.2 1.6314 1.9886 0 90.4
2.81 45.65 2.6314 2.9886 0 91.3
3.81 44.4 3.6314 3.9886 0 88.8
4.81 43.1 4.6314 4.9886 0 86.2
5.81 39.75 5.6314 5.9886 0 79.5
6.81 37.6 6.6314 6.9886 0 75.2
END
set label "98" at 1.19,98 center offset 0,0.5 font ',10' textcolor rgb '#444444'
set label "97.1" at 2.19,97.1 center offset 0,0.5 font ',10' textcolor rgb '#444444'
set label "96.9" at 3.19,96.9 center offset 0,0.5 font ',10' textcolor rgb '#444444'
set label "95.5" at 4.19,95.5 center offset 0,0.5 font ',10' textcolor rgb '#444444'
set label "94.3" at 5.19,94.3 center offset 0,0.5 font ',10' textcolor rgb '#444444'
set label "91.6" at 7.19,91.6 center offset 0,0.5 font ',10' textcolor rgb '#444444'
$data2 << END
1.19 49 1.0114 1.3686 0 98
2.19 48.55 2.0114 2.3686 0 97.1
3.19 48.45 3.0114 3.3686 0 96.9
4.19 47.75 4.0114 4.3686 0 95.5
5.19 47.15 5.0114 5.3686 0 94.3
7.19 45.8 7.0114 7.3686 0 91.6
END
plot $data1 using 1:2:3:4:5:6 with boxxyerror fillstyle solid noborder fillcolor rgb '#0072B2', \
  $data2 using 1:2:3:4:5:6 with boxxyerror fillstyle solid noborder fillcolor rgb '#D55E00'
set grid xtics
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
set key at screen 0.5,0.05176290631 center center horizontal maxcols 2 Left reverse samplen 2.5 spacing 1.1 width 1 textcolor rgb '#222222'
plot NaN with boxes fillstyle solid noborder fillcolor rgb '#0072B2' title "prototypical", \
  NaN with boxes fillstyle solid noborder fillcolor rgb '#D55E00' title "ridge"
unset key
set border 3 linewidth 0.8 linecolor rgb '#555555'
set tics nomirror out scale 0.5 textcolor rgb '#333333'
set grid xtics ytics back linetype 1 linewidth 0.6 linecolor rgb '#E6E6E6'
unset multiplot
unset output
