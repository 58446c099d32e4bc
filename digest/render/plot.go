package render

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/png"

	"plenary/digest"
)

// The picture's measures, in its own pixels: it is shown at half their size,
// so that it is sharp on fine screens.
const (
	width   = 576
	height  = 128
	gap     = 12 // between bars
	line0   = 4  // the base line's height
	barMost = height - line0
)

// barColor stands out by 3:1 from white and from the dark background alike.
var barColor = color.NRGBA{0x4a, 0x82, 0xd0, 0xff}

// bars draws a bar a week, the oldest first, on a transparent ground.
func bars(weeks []digest.Figures) ([]byte, error) {
	most := 1
	for _, f := range weeks {
		most = max(most, f.Posts)
	}
	img := image.NewPaletted(image.Rect(0, 0, width, height), color.Palette{color.NRGBA{}, barColor})
	fill := func(x0, y0, x1, y1 int) {
		for y := y0; y < y1; y++ {
			for x := x0; x < x1; x++ {
				img.SetColorIndex(x, y, 1)
			}
		}
	}
	fill(0, height-line0, width, height)
	step := width / max(len(weeks), 1)
	for i, f := range weeks {
		h := f.Posts * barMost / most
		if f.Posts > 0 {
			h = max(h, 6) // one post is seen beside a thousand
		}
		fill(i*step+gap/2, barMost-h, (i+1)*step-gap/2, barMost)
	}
	var b bytes.Buffer
	if err := (&png.Encoder{CompressionLevel: png.BestCompression}).Encode(&b, img); err != nil {
		return nil, fmt.Errorf("draw a group's weeks: %w", err)
	}
	return b.Bytes(), nil
}
